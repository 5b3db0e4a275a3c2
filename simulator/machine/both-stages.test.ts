import { expect, it } from 'vitest';
import { BothStages } from './both-stages.js';
import type { Tlbi } from './tlbi.js';

const tlbi = (stage: Tlbi['stage'], by: Tlbi['by']): Tlbi => ({ word: 'any', stage, by, last: false, range: false, local: false });

it('copies of a whole translation go with stage 1, after stage 2', () => {
  const stages = new BothStages();
  expect(stages.take(tlbi(2, 'address'), 4, 3, true)).toBeNull();
  expect(stages.take(tlbi(1, 'all'), 6, 5, true)).toBe(3);
});

it('they stay where stage 1 was invalidated before, or at the same time', () => {
  const first = new BothStages();
  expect(first.take(tlbi(1, 'all'), 4, 3, true)).toBeNull();
  expect(first.take(tlbi(2, 'address'), 6, 5, true)).toBeNull();
  const both = new BothStages();
  both.take(tlbi(2, 'address'), 4, 3, true);
  expect(both.take(tlbi(1, 'all'), 5, 3, true)).toBeNull();
});

it('they stay where stage 2 was invalidated elsewhere', () => {
  const stages = new BothStages();
  stages.take(tlbi(2, 'address'), 4, 3, false);
  expect(stages.take(tlbi(1, 'all'), 6, 5, true)).toBeNull();
});

it('an invalidation of both stages takes them by itself', () => {
  expect(new BothStages().take(tlbi(12, 'all'), 4, 3, true)).toBe(3);
});
