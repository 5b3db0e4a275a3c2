import { beforeAll, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import { parseScenario } from '../../simulator/scenarios/spec.js';
import { inTree, loadResources } from './resources.js';
import { review } from './review.js';
import { FILES, inputOf, SCENARIO } from './testing/small-kernel.js';

beforeAll(initC);

const DROP = `#include <linux/small.h>
#include <linux/mmu.h>
static void rare(u64 address)
{
	flush_one(address);
}
void drop(int index, u64 address)
{
	forget(&table[index]);
	flush_one(address);
	if (index == 7)
		rare(address);
}
`;

function reviewed(index: string, drop = DROP, scenarios = [SCENARIO]) {
  const files = { ...FILES, 'mm/drop.c': drop.replace('index == 7', index) };
  const base = {
    source: memoryTree(new Map(Object.entries(files)), 'tree'),
    name: 'a small kernel',
    notes: [],
    tried: [],
    blobs: () => null,
  };
  const diff = `--- a/mm/drop.c
+++ b/mm/drop.c
@@ -3,5 +3,6 @@
 static void rare(u64 address)
 {
+	flush_one(0);
 	flush_one(address);
 }
 void drop(int index, u64 address)
`;
  return review(inTree({ ...loadResources(), treeScenarios: scenarios }), inputOf(diff), base);
}

/** The same of another page, whose index is another one. */
const OTHER = parseScenario(
  'simulator/scenarios/riscv/other.c',
  SCENARIO.text
    .replace('riscv/small', 'riscv/other')
    .replaceAll('0xffffaf8000000000UL', '0xffffaf8000001000UL')
    .replace('drop(0,', 'drop(1,')
    .replace('put_page(page_a)', 'put_page(page_b)'),
);

it('calls nothing clean that no run comes to, and says so', () => {
  const { verdict, notModelled } = reviewed('index == 7');
  expect(verdict).toBe('not-modelled');
  expect(notModelled).toContainEqual({ what: 'rare() in riscv/small', why: 'the patches change it, and no run comes to it' });
});

it('finds nothing on the way of runs that come to nothing that is changed', () => {
  const { verdict, findings } = reviewed(
    'index == 7',
    DROP.replace('\tforget(&table[index]);\n\tflush_one(address);', '\tforget(&table[index]);'),
  );
  expect(findings).toEqual([]);
  expect(verdict).toBe('not-modelled');
});

it('says what was there before where they come to it', () => {
  const late = DROP.replace(
    /void drop[^]*/,
    `void drop(int index, u64 address)
{
	if (index == 7)
		rare(address);
	forget(&table[index]);
}
`,
  );
  const { verdict, findings } = reviewed('index == 0', late);
  expect(findings.map(({ status }) => status)).toEqual(['pre-existing']);
  expect(verdict).toBe('pre-existing');
});

it('calls clean what runs come to', () => {
  const { verdict, notModelled } = reviewed('index == 0');
  expect(notModelled).toEqual([]);
  expect(verdict).toBe('clean');
});

it('calls clean what runs of one scenario come to, though those of another pass it by', () => {
  const { verdict, notModelled, ran } = reviewed('index == 0', DROP, [SCENARIO, OTHER]);
  expect(ran.map(({ scenario }) => scenario)).toEqual(['riscv/small', 'riscv/other']);
  expect(notModelled).toEqual([]);
  expect(verdict).toBe('clean');
  expect(reviewed('index == 7', DROP, [SCENARIO, OTHER]).verdict).toBe('not-modelled');
});

it('says through which names a scenario was chosen', () => {
  expect(reviewed('index == 0').selection).toEqual({ reached: [{ scenario: 'riscv/small', changed: ['rare'] }], others: 0 });
});

it('calls nothing clean where a patch only adds what nobody calls, though it names what is run', () => {
  const added = `static void flush_tlb_late(u64 address)
{
	forget(&table[0]);
	flush_one(address);
}
`;
  const diff = `--- a/mm/drop.c
+++ b/mm/drop.c
@@ -2,5 +2,10 @@
 #include <linux/mmu.h>
${added.replace(/^/gm, '+').replace(/\+$/, '')} static void rare(u64 address)
 {
 	flush_one(address);
 }
`;
  const base = {
    source: memoryTree(new Map(Object.entries({ ...FILES, 'mm/drop.c': DROP })), 'tree'),
    name: 'a small kernel',
    notes: [],
    tried: [],
    blobs: () => null,
  };
  const { verdict, ran } = review(inTree({ ...loadResources(), treeScenarios: [SCENARIO] }), inputOf(diff), base);
  expect(ran).toEqual([]);
  expect(verdict).toBe('not-modelled');
});

const BRANCHES = `#include <linux/small.h>
#include <linux/mmu.h>
void drop(int index, u64 address)
{
	forget(&table[index]);
	flush_one(address);
	if (index == 1)
		flush_one(0);
}
`;

/** A patch that drops the flush of the second page. */
function branchDropped(scenarios: readonly (typeof SCENARIO)[]) {
  const base = {
    source: memoryTree(new Map(Object.entries({ ...FILES, 'mm/drop.c': BRANCHES })), 'tree'),
    name: 'a small kernel',
    notes: [],
    tried: [],
    blobs: () => null,
  };
  const diff = `--- a/mm/drop.c
+++ b/mm/drop.c
@@ -4,7 +4,7 @@
 {
 	forget(&table[index]);
 	flush_one(address);
 	if (index == 1)
-		flush_one(0);
+		forget(&table[0]);
 }
`;
  return review(inTree({ ...loadResources(), treeScenarios: [...scenarios] }), inputOf(diff), base);
}

it('calls nothing clean that stands in a branch which no run takes, and says where', () => {
  const { verdict, notModelled } = branchDropped([SCENARIO]);
  expect(notModelled).toContainEqual({ what: 'drop()', why: 'the patches change what it does at mm/drop.c:8, and no run goes that way' });
  expect(verdict).toBe('not-modelled');
});

it('calls it clean where runs of one scenario take that branch', () => {
  const { verdict, notModelled } = branchDropped([SCENARIO, OTHER]);
  expect(notModelled).toEqual([]);
  expect(verdict).toBe('clean');
});
