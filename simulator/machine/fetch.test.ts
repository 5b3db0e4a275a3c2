import { describe, expect, it } from 'vitest';
import { dmb, dsb, fetchText, ic, isb, load, note, type Scene, store, when } from '../testing/build.js';
import { outcomes, promisedOutcomes } from '../testing/run.js';

describe('an IC has one moment at which it is done', () => {
  // P1 still fetches what the IC makes way for, after it has heard of a store that P0's own fetch, behind the IC, does not see.
  const scene: Scene = {
    arch: 'arm64',
    setting: { 'CTR_EL0.IDC': true, 'CTR_EL0.DIC': false },
    cpus: {
      P0: [store('insn', 1), dsb(), ic('insn'), dsb(), isb(), fetchText('own', 'insn'), note('own')],
      P1: [load('told', 'flag'), when('told', isb(), fetchText('other', 'insn'), note('other'))],
      P2: [store('insn', 2), dmb(), store('flag', 1)],
    },
  };
  const shows = (found: ReadonlySet<string>, own: number, other: number): boolean =>
    [...found].some(
      (each) => each.includes(`P0.own=${String(own)} `) && each.includes(`P1.other=${String(other)} `) && each.includes('insn=2'),
    );

  it.each([
    ['interleaving', () => outcomes(scene, 0)],
    ['promise-first', () => promisedOutcomes(scene)],
  ])('%s', (_, search) => {
    const found = search();
    expect(shows(found, 1, 0)).toBe(false);
    expect(shows(found, 2, 0)).toBe(true);
    expect(shows(found, 1, 1)).toBe(true);
  });
});
