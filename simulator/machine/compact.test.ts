import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { acquire, dependent, fence, type Line, load, lock, mb, note, release, rmw, type Scene, store, unlock } from '../testing/build.js';
import { explored, generatedSearch, outcomes } from '../testing/run.js';
import type * as Compact from './compact.js';

const canonical = vi.hoisted(() => ({ on: true }));
vi.mock('./compact.js', async (original) => {
  const real = await original<typeof Compact>();
  const compact: typeof real.compact = (m, s) => {
    if (canonical.on) real.compact(m, s);
  };
  return { ...real, compact };
});

/** The same exploration with states as they come, not in canonical form. */
function plainly<T>(run: () => T): T {
  canonical.on = generatedSearch.on = false;
  try {
    return run();
  } finally {
    canonical.on = generatedSearch.on = true;
  }
}

const place = fc.constantFrom('x', 'y', 'z');
const accesses = fc.constantFrom('r' as const, 'w' as const, 'rw' as const);

/** One random instruction; `i` keeps the registers apart. At most three loads a CPU are noted. */
const instruction = (i: number): fc.Arbitrary<readonly Line[]> => {
  const register = `r${String(i)}`;
  const noted = [note(register)];
  return fc.oneof(
    { weight: 4, arbitrary: place.map((at) => [load(register, at), ...noted]) },
    { weight: 1, arbitrary: place.map((at) => [acquire(register, at), ...noted]) },
    { weight: 5, arbitrary: fc.tuple(place, fc.integer({ min: 1, max: 2 })).map(([at, value]) => [store(at, value)]) },
    { weight: 1, arbitrary: place.map((at) => [release(at, 1)]) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(place, place)
        .map(([a, b]) => [load(register, a), load(`${register}d`, dependent(b, register)), note(`${register}d`)]),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(place, fc.constantFrom('relaxed' as const, 'full' as const))
        .map(([at, order]) => [rmw(register, at, 'add', 1, order), ...noted]),
    },
    { weight: 2, arbitrary: fc.tuple(accesses, accesses).map(([pred, succ]) => [fence(pred, succ)]) },
    { weight: 1, arbitrary: fc.constant([mb()]) },
    { weight: 1, arbitrary: fc.constant([lock('l'), load(register, 'x'), ...noted, unlock('l')]) },
  );
};
const thread = fc.tuple(instruction(0), instruction(1), instruction(2)).map((lines) => lines.flat());
const scene: fc.Arbitrary<Scene> = fc
  .record({ arch: fc.constantFrom('riscv' as const, 'arm64' as const), P0: thread, P1: thread })
  .map(({ arch, P0, P1 }) => ({ arch, cpus: { P0, P1, P2: [load('a', 'x'), load('b', 'y'), load('c', 'z')].slice(0, 1) } }));

describe('the canonical form of states', () => {
  it('changes no outcome of random programs', () => {
    fc.assert(
      fc.property(scene, fc.constantFrom(0 as const, 1 as const), (each, window) => {
        expect([...outcomes(each, window)].sort()).toEqual(plainly(() => [...outcomes(each, window)].sort()));
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  it('never has more states than the plain form', () => {
    const each: Scene = {
      cpus: { P0: [store('x', 1), mb(), load('r', 'y'), note('r')], P1: [store('y', 1), mb(), load('r', 'x'), note('r')] },
    };
    expect(explored(each, 1).run.states).toBeLessThanOrEqual(plainly(() => explored(each, 1).run.states));
  });
});
