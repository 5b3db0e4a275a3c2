import { describe, expect, it } from 'vitest';
import { SharingChanged, SharingFacts } from './sharing.js';

const facts = (): SharingFacts => new SharingFacts((loc) => loc.startsWith('pt['));

/** Accesses until nothing is learned any more, as a run that starts again does. */
function settle(known: SharingFacts, accesses: readonly (readonly [number, 'r' | 'w' | 'rw'])[], loc = 'x'): string {
  for (;;) {
    try {
      let last = '';
      for (const [cpu, how] of accesses) last = known.access(loc, cpu, how.includes('r'), how.includes('w'));
      return last;
    } catch (error) {
      if (!(error instanceof SharingChanged)) throw error;
      expect(error.loc).toBe(loc);
    }
  }
}

describe('what memory is shared', () => {
  it('read by many, written by none: constant', () => {
    expect(
      settle(facts(), [
        [0, 'r'],
        [1, 'r'],
      ]),
    ).toBe('constant');
  });
  it('written by many, read by none: unread', () => {
    expect(
      settle(facts(), [
        [0, 'w'],
        [1, 'w'],
      ]),
    ).toBe('unread');
  });
  it('used by one: private', () => {
    expect(
      settle(facts(), [
        [2, 'w'],
        [2, 'r'],
      ]),
    ).toBe('private');
  });
  it('written by one, read by another: shared', () => {
    expect(
      settle(facts(), [
        [0, 'w'],
        [1, 'r'],
      ]),
    ).toBe('shared');
    expect(
      settle(facts(), [
        [0, 'rw'],
        [1, 'rw'],
      ]),
    ).toBe('shared');
  });
  it('what hardware walks is shared from the start', () => {
    expect(facts().access('pt[0]', 0, false, true)).toBe('shared');
  });

  it('a guess that turns out wrong starts the run again, and only then', () => {
    const known = facts();
    expect(known.access('x', 0, true, false)).toBe('constant');
    expect(known.access('x', 1, true, false)).toBe('constant');
    expect(() => known.access('x', 0, false, true)).toThrow(SharingChanged);
    expect(known.access('x', 0, false, true)).toBe('shared');
    expect(known.access('x', 1, true, false)).toBe('shared');
  });

  it('facts only grow: a second turn learns nothing', () => {
    const known = facts();
    const accesses = [
      [0, 'w'],
      [0, 'r'],
      [1, 'r'],
      [1, 'w'],
      [2, 'r'],
    ] as const;
    settle(known, accesses);
    for (const [cpu, how] of accesses) expect(known.access('x', cpu, how === 'r', how === 'w')).toBe('shared');
    expect(known.shared()).toEqual(['x']);
  });
});
