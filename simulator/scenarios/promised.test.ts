import { describe, expect, it } from 'vitest';
import { linked } from '../testing/build.js';
import { protocols } from '../testing/protocols/all.js';
import { compareWithPromises } from './promised.js';

const BUDGET = { states: 40_000, ms: 30_000, ahead: 1 };
/** Every protocol where the whole is asked for, each fourth on a user's machine. */
const EACH = process.env['FAULTLINE_LITMUS'] === 'all' ? 1 : 4;

describe('protocols with locks, interrupts and grace periods, by both searches', () => {
  let compared = 0;
  let said = 0;
  for (const { name, scene, mutants } of protocols.filter((_, i) => i % EACH === 0)) {
    it(name, () => {
      for (const mutant of ['', ...mutants]) {
        const { interleaving, promising, incomplete } = compareWithPromises(linked(scene(mutant)), BUDGET);
        compared++;
        if (incomplete !== null) continue;
        said++;
        const what = mutant === '' ? 'as it is' : `without ${mutant}`;
        expect([...promising.violations].sort(), what).toEqual([...interleaving.violations].sort());
        expect(
          [...interleaving.ends].filter((end) => !promising.ends.has(end)),
          what,
        ).toEqual([]);
        expect(
          [...promising.ends].filter((end) => !interleaving.ends.has(end)),
          what,
        ).toEqual([]);
      }
    });
  }

  it('most of them can be compared: all but those with text that changes, or primitives of s390 without a meaning in litmus tests', () => {
    expect(said).toBeGreaterThan(compared / 2);
  });
});
