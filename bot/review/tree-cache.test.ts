import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { keepUnits } from '../../analyzers/program/units.js';
import type { DerivedStore } from '../../analyzers/source/derived.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import { folderStore } from '../tree/store.js';
import { inTree, loadResources, type Resources } from './resources.js';
import { review } from './review.js';
import { change, FILES, inputOf, SCENARIO } from './testing/small-kernel.js';

beforeAll(initC);

const PATCHES = {
  'the flush in a header gone': change('arch/riscv/include/linux/mmu.h', 'asm volatile ("sfence.vma" ::: "memory");', '(void)address;'),
  'the flush in a file gone': change('mm/drop.c', '\tflush_one(address);', '\t(void)address;'),
  'another entry forgotten, in a header': change(
    'include/linux/small.h',
    '*(volatile u64 *)entry = 0;',
    '*(volatile u64 *)(entry + 1) = 0;',
  ),
  'nothing but a name': change('mm/drop.c', 'int index, u64 address', 'int index, u64  address'),
  'a configuration': change('arch/riscv/Kconfig', 'def_bool n', 'def_bool y'),
};

/** A review as another process would do it: nothing is known but what the store holds. */
function inNewProcess(store: DerivedStore | null, diff: string, files: Record<string, string> = FILES, ...scenarios: Scenario[]) {
  const loaded = loadResources();
  const resources: Resources = inTree({ ...loaded, treeScenarios: scenarios.length === 0 ? [SCENARIO] : scenarios }, store);
  const source = memoryTree(new Map(Object.entries(files)), 'tree');
  const done = review(resources, inputOf(diff), { source, name: 'a small kernel', notes: [], tried: [], blobs: () => null });
  if (store) keepUnits(loaded.catalog.rows, store);
  return { ...done, ran: done.ran.map((row) => ({ ...row, ms: 0 })) };
}

describe('a review with a cache', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tree-cache-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const store = () => folderStore(folder, '0.1.0+0123456789ab');

  it('says what it says without: cold, warm, and after any other patch', () => {
    const without = Object.values(PATCHES).map((diff) => inNewProcess(null, diff));
    expect(without.map(({ verdict, findings }) => [verdict, ...findings.map((finding) => finding.violation)])).toEqual([
      ['introduced', 'stale-translation'],
      ['introduced', 'stale-translation'],
      ['introduced', 'stale-translation'],
      ['not-relevant'],
      ['not-relevant'],
    ]);
    for (const round of [1, 2])
      for (const [i, diff] of Object.values(PATCHES).entries())
        expect(inNewProcess(store(), diff), `round ${String(round)}`).toEqual(without[i]);
  });

  it('reads no more of the tree than digests when it is warm', () => {
    const diff = PATCHES['the flush in a file gone'];
    inNewProcess(store(), diff);
    const puts: string[] = [];
    const watched: DerivedStore = { get: (...key) => store().get(...key), put: (kind) => void puts.push(kind) };
    inNewProcess(watched, diff);
    expect(puts).toEqual([]);
  });

  it('keeps what shows something, with its trace', () => {
    const diff = PATCHES['the flush in a file gone'];
    const kept: string[] = [];
    const watched: DerivedStore = {
      get: (...key) => store().get(...key),
      put: (kind, hash, value, key) => {
        kept.push(kind);
        store().put(kind, hash, value, key);
      },
    };
    const cold = inNewProcess(watched, diff);
    // Before and after.
    expect(kept.filter((kind) => kind.startsWith('run-'))).toHaveLength(2);
    const warm = inNewProcess(store(), diff);
    expect(warm.findings[0]?.trace).toEqual(cold.findings[0]?.trace);
    expect(warm.findings[0]?.trace.length).toBeGreaterThan(1);
  });

  it('tells a trace in the words and at the lines of its own patch', () => {
    const other = PATCHES['the flush in a file gone'].replace('+\t(void)address;', '+\t(void) address; /* gone */');
    inNewProcess(store(), PATCHES['the flush in a file gone']);
    expect(inNewProcess(store(), other)).toEqual(inNewProcess(null, other));
  });

  it('reads no more where scenarios stand in one file, each with its own part of the C', () => {
    const diff = PATCHES['the flush in a file gone'];
    const text = `${SCENARIO.text}\nvoid second(void)\n{\n\tunmapper();\n}\n`;
    const { explore } = SCENARIO.spec;
    const cpus = explore.cpus.map((cpu) => ({ ...cpu, runs: 'second' }));
    const both: Scenario[] = [
      { ...SCENARIO, text },
      { ...SCENARIO, text, spec: { ...SCENARIO.spec, scenario: 'riscv/second', explore: { ...explore, cpus } } },
    ];
    inNewProcess(store(), diff, FILES, ...both);
    const puts: string[] = [];
    const watched: DerivedStore = { get: (...key) => store().get(...key), put: (kind) => void puts.push(kind) };
    expect(inNewProcess(watched, diff, FILES, ...both).findings.length).toBeGreaterThan(0);
    expect(puts).toEqual([]);
  });

  it('does not take what was made of another tree, though one header is all that differs', () => {
    const diff = PATCHES['the flush in a file gone'];
    const other = {
      ...FILES,
      'include/linux/small.h': FILES['include/linux/small.h'].replace('*(volatile u64 *)entry = 0', '(void)entry'),
    };
    const plain = inNewProcess(null, diff, other);
    inNewProcess(store(), diff);
    expect(inNewProcess(store(), diff, other)).toEqual(plain);
    expect(plain).not.toEqual(inNewProcess(store(), diff));
  });

  it('tells scenarios apart that stand in one file', () => {
    const diff = PATCHES['the flush in a file gone'];
    const { explore } = SCENARIO.spec;
    const cpus = explore.cpus.map((cpu) => ({ ...cpu, accesses: 'listed' as const }));
    const second = { ...SCENARIO, spec: { ...SCENARIO.spec, scenario: 'riscv/small-listed', explore: { ...explore, cpus } } };
    expect(inNewProcess(store(), diff, FILES, second).findings).toEqual([]);
    expect(inNewProcess(store(), diff).findings).toHaveLength(1);
  });

  it('does not mind what became of the cache', () => {
    const diff = PATCHES['the flush in a header gone'];
    const without = inNewProcess(null, diff);
    inNewProcess(store(), diff);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((e) =>
      e.isFile() ? [join(e.parentPath, e.name)] : [],
    );
    expect(files.length).toBeGreaterThan(3);
    for (const [i, file] of files.entries()) {
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, i % 2 === 0 ? text.slice(0, -5) : text.replace(/\d/g, '7'));
    }
    expect(inNewProcess(store(), diff)).toEqual(without);
    rmSync(folder, { recursive: true, force: true });
    expect(inNewProcess(store(), diff)).toEqual(without);
  });
});
