import { describe, expect, it } from 'vitest';
import type { Arch } from '../program/arch.js';
import { allocPage, dmb, element, type Line, load, local, type Scene, store, when } from '../testing/build.js';
import { explored, violations } from '../testing/run.js';

type Regime = NonNullable<Scene['mmu']>['regime'];

const ENTRIES = 512;

/** A table from the pool is handed to another CPU, which follows the pointer and reads an entry. */
const published = (maker: readonly Line[], [arch, regime]: [Arch, Regime] = ['arm64', 'arm64-stage1']): Scene => ({
  arch,
  pool: ['fresh', 'second'],
  mmu: {
    regime,
    root: 'root',
    levels: [
      { level: 2, shift: 21, entries: ENTRIES },
      { level: 3, shift: 12, entries: ENTRIES },
    ],
    tables: [
      { object: 'root', depth: 0, base: 0n, entries: [] },
      { object: 'fresh', depth: 1, base: 0n, entries: [] },
      { object: 'second', depth: 1, base: 0n, entries: [] },
    ],
  },
  cpus: { maker: [...maker, store('table', 't')], reader: [load('t', 'table'), when('t', load('entry', local('t')))] },
});

describe('a table that the page allocator gives out', () => {
  it('may be seen before it is clear where nothing orders its clearing before it is published', () => {
    expect(violations(published([allocPage('t')]), 1)).toEqual(['use-before-init']);
  });

  it('is clear for whoever finds it behind a barrier', () => {
    for (const window of [0, 1] as const) expect(violations(published([allocPage('t'), dmb('st')]), window)).toEqual([]);
  });

  it('is clear where stores are in order', () => {
    expect(violations(published([allocPage('t')], ['x86', 'x86']), 1)).toEqual([]);
    expect(violations(published([allocPage('t', false)], ['x86', 'x86']), 1)).toEqual(['use-before-init']);
  });

  it('holds nothing where it is not asked to be cleared, until somebody writes', () => {
    expect(violations(published([allocPage('t', false), dmb('st')]))).toEqual(['use-before-init']);
    expect(violations(published([allocPage('t', false), store(element('fresh', 0), 0), dmb('st')]))).toEqual([]);
  });

  it('takes steps for the words that are used, not for all', () => {
    const { run } = explored(published([allocPage('t'), dmb('st')]));
    expect(run.states).toBeLessThan(ENTRIES);
  });
});

describe('a second large table of the pool', () => {
  it('comes cleared', () => {
    expect(violations(published([allocPage('t'), allocPage('t')]), 1)).toEqual([]);
  });
});
