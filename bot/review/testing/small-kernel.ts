import { parseDiff } from '../../../analyzers/diff/parse.js';
import { parseScenario } from '../../../simulator/scenarios/spec.js';
import type { ReviewInput } from '../input.js';

/** A small kernel in which two pages are unmapped and freed, one of them through an inline function of a header. */
export const FILES = {
  'include/linux/small.h': `typedef unsigned long u64;
extern u64 table[512], page_a[512], page_b[512];
void drop(int index, u64 address);
static inline void forget(u64 *entry) { *(volatile u64 *)entry = 0; }
`,
  'mm/drop.c': `#include <linux/small.h>
#include <linux/mmu.h>
void drop(int index, u64 address)
{
	forget(&table[index]);
	flush_one(address);
}
`,
  'arch/riscv/include/linux/mmu.h': 'static inline void flush_one(u64 address) { asm volatile ("sfence.vma" ::: "memory"); }\n',
  'arch/riscv/Kconfig': 'config FAST\n\tdef_bool n\n',
  Kconfig: 'source "arch/$(SRCARCH)/Kconfig"\n',
};

/** One hart that uses a page, unmaps and frees it. */
export const SCENARIO = parseScenario(
  'simulator/scenarios/riscv/small.c',
  `/*---
scenario: riscv/small
arch: riscv
on: tree
about: A hart unmaps a page that it has used, and frees it.
entries: [drop]
files: [mm/drop.c]
explore:
  cpus:
    - { name: hart 0, runs: unmapper }
  mmu:
    regime: riscv
    root: table
    levels:
      - { level: 0, shift: 12, entries: 512 }
    tables:
      - { object: table, depth: 0, base: '0xffffaf8000000000', entries: { 0: page_a, 1: page_b } }
---*/
#include <linux/small.h>

void unmapper(void)
{
	touch_read(0xffffaf8000000000UL);
	drop(0, 0xffffaf8000000000UL);
	put_page(page_a);
}
`,
);

/** A diff that changes one line of a file. */
export function change(path: keyof typeof FILES, from: string, to: string): string {
  const lines = FILES[path].split('\n').slice(0, -1);
  const rows = lines.flatMap((line) => (line.includes(from) ? [`-${line}`, `+${line.replace(from, to)}`] : [` ${line}`]));
  return `--- a/${path}\n+++ b/${path}\n@@ -1,${String(lines.length)} +1,${String(lines.length)} @@\n${rows.join('\n')}\n`;
}

/** A series of one patch. */
export function inputOf(diff: string): ReviewInput {
  const patches = [{ index: 1, subject: 's', messageId: 'm', files: parseDiff(diff).files, problems: [], repairs: [] }];
  return { kind: 'series', title: 't', version: 1, patches, ordinal: 0, problems: [], onTop: null, missing: null, first: [], base: null };
}
