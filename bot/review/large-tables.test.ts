import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { overlay, wholeFile } from '../../analyzers/source/memory-tree.js';
import { type Scenario, parseScenario } from '../../simulator/scenarios/spec.js';
import { loadResources } from './resources.js';
import { runVersions, versionOf } from './scenario-runs.js';

const resources = loadResources();
beforeAll(initC);

/** A scenario with its tables as large as hardware has them. */
function enlarged(name: string, entries: number): Scenario {
  const found = resources.scenarios.find(({ spec }) => spec.scenario === name);
  if (!found) throw new Error(`no scenario ${name}`);
  const text = found.text
    .replaceAll('entries: 2 }', `entries: ${String(entries)} }`)
    .replaceAll('PTRS_PER_PTE: 2', `PTRS_PER_PTE: ${String(entries)}`);
  return parseScenario(found.path, text);
}

function shown(scenario: Scenario, edit: (text: string) => string = (text) => text) {
  const file = 'arch/riscv/mm/tlbflush.c';
  const text = edit(resources.skeleton.read(file)?.text ?? '');
  const tree = overlay(resources.skeleton, new Map([[file, wholeFile(file, text, 'skeleton')]]));
  const runs = runVersions(resources, {
    scenario,
    versions: [versionOf(resources, tree, scenario, scenario.spec.explore)],
    touched: new Set(),
  });
  const outcomes = runs.leaves.flatMap((leaf) => leaf.result);
  expect(outcomes.flatMap((outcome) => [...outcome.stuck, ...(outcome.full.stopped === null ? [] : [outcome.full.stopped])])).toEqual([]);
  return {
    violations: [...new Set(outcomes.flatMap((outcome) => [...outcome.shown.keys()]))],
    states: outcomes.map((outcome) => outcome.full.states),
    traces: outcomes.flatMap((outcome) => [...outcome.shown.values()].map((each) => each.trace().map((step) => step.text))),
  };
}

describe('tables of 512 entries', () => {
  const NAME = 'riscv/new-vmalloc-mapping';
  const noFence = (text: string): string => text.replace('	__flush_tlb_range(NULL, start, end - start, PAGE_SIZE);', '	;');

  it('take the states that tables of the entries in use take', () => {
    expect(shown(enlarged(NAME, 512)).violations).toEqual([]);
    expect(shown(enlarged(NAME, 512)).states).toEqual(shown(enlarged(NAME, 2)).states);
  });

  it('show the same violations, and name the entry that is not there', () => {
    const large = shown(enlarged(NAME, 512), noFence);
    expect(large.violations).toEqual(['unhandled-fault']);
    expect(large.traces).toEqual(shown(enlarged(NAME, 2), noFence).traces);
    expect(large.traces.flat().join('\n')).toContain('vmalloc_table[0]');
  });
});
