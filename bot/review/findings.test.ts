import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { overlay, wholeFile } from '../../analyzers/source/memory-tree.js';
import { parseScenario } from '../../simulator/scenarios/spec.js';
import { judge } from './findings.js';
import { loadResources } from './resources.js';
import { runVersions, versionOf } from './scenario-runs.js';

const resources = loadResources();
beforeAll(initC);

const FILE = 'mm/publish.c';
const scenario = parseScenario(
  'simulator/scenarios/riscv/publish.c',
  `/*---
scenario: riscv/publish
arch: riscv
about: One hart hands a value to another.
entries: [publish]
files: [${FILE}]
explore:
  cpus:
    - { name: hart 0, runs: publish }
    - { name: hart 1, runs: reader }
---*/
extern int value, ready;
void publish(void);
void reader(void)
{
	await_nonzero(&ready);
	faultline_assert(READ_ONCE(value) == 1);
}
`,
);

const CODE = {
  /** Never wrong. */
  right: 'WRITE_ONCE(value, 1); smp_wmb(); WRITE_ONCE(ready, 1);',
  /** Wrong where a store is delayed. */
  weak: 'WRITE_ONCE(value, 1); WRITE_ONCE(ready, 1);',
  /** Wrong where a store is delayed, and in another way always. */
  dies: 'WRITE_ONCE(value, 1); WRITE_ONCE(ready, 1); BUG();',
  /** Always wrong. */
  wrong: 'WRITE_ONCE(ready, 1); WRITE_ONCE(value, 1);',
};

/** What a series says that takes the code from one to the next of these. */
function told(...codes: readonly (keyof typeof CODE)[]) {
  const versions = codes.map((code) => {
    const text = `int value, ready;\nvoid publish(void)\n{\n\t${CODE[code]}\n}\n`;
    const tree = overlay(resources.skeleton, new Map([[FILE, wholeFile(FILE, text, 'patch')]]));
    return versionOf(resources, tree, scenario, scenario.spec.explore);
  });
  const runs = runVersions(resources, { scenario, versions, touched: new Set([FILE]) });
  const patches = codes.slice(1).map((_, i) => `patch ${String(i + 1)}`);
  const { findings, conditional } = judge(
    runs,
    codes.map((_, i) => i),
    patches,
    patches.map(() => null),
    'test',
  );
  expect(conditional).toEqual([]);
  expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
  return findings
    .map(({ status, window, patch, removedBy }) => [status, window, patch, ...(removedBy === undefined ? [] : [removedBy])])
    .sort((a, b) => Number(a[1]) - Number(b[1]));
}

describe('a violation that needs a delayed store, and one that needs none', () => {
  it('are two', () => {
    expect(told('right', 'weak')).toEqual([['introduced', 1, 'patch 1']]);
    expect(told('right', 'wrong')).toEqual([['introduced', 0, 'patch 1']]);
    expect(told('weak', 'right')).toEqual([['fixed', 1, 'patch 1']]);
    expect(told('wrong', 'right')).toEqual([['fixed', 0, 'patch 1']]);
    expect(told('weak', 'weak')).toEqual([['pre-existing', 1, 'patch 1']]);
    expect(told('wrong', 'wrong')).toEqual([['pre-existing', 0, 'patch 1']]);
  });

  it('of one kind: a patch may bring or take the one and leave the other', () => {
    expect(told('weak', 'wrong')).toEqual([
      ['introduced', 0, 'patch 1'],
      ['pre-existing', 1, 'patch 1'],
    ]);
    expect(told('wrong', 'weak')).toEqual([
      ['fixed', 0, 'patch 1'],
      ['pre-existing', 1, 'patch 1'],
    ]);
  });

  it('of other kinds: what is there without delays does not hide what takes one', () => {
    expect(told('weak', 'dies')).toEqual([
      ['introduced', 0, 'patch 1'],
      ['pre-existing', 1, 'patch 1'],
    ]);
    expect(told('dies', 'weak')).toEqual([
      ['fixed', 0, 'patch 1'],
      ['pre-existing', 1, 'patch 1'],
    ]);
  });

  it('each name the patch of a series that they are due to', () => {
    expect(told('right', 'weak', 'wrong')).toEqual([
      ['introduced', 0, 'patch 2'],
      ['introduced', 1, 'patch 1'],
    ]);
    expect(told('right', 'wrong', 'weak')).toEqual([
      ['introduced', 0, 'patch 1', 'patch 2'],
      ['introduced', 1, 'patch 1'],
    ]);
    expect(told('right', 'weak', 'right')).toEqual([['introduced', 1, 'patch 1', 'patch 2']]);
  });
});
