import { describe, expect, it } from 'vitest';
import { compareWithPromises } from '../scenarios/promised.js';
import {
  acquire,
  fence,
  linked,
  load,
  lock,
  note,
  put,
  rcuRead,
  release,
  type Scene,
  store,
  synchronizeRcu,
  tryLock,
  unlock,
  when,
} from '../testing/build.js';

const BUDGET = { states: 60_000, ms: 30_000, ahead: 2 };

/** Ends and violations that only promises show, and those that they lack. */
function differences(scene: Scene): { readonly more: readonly string[]; readonly fewer: readonly string[] } {
  const { interleaving: a, promising: b, incomplete } = compareWithPromises(linked(scene), BUDGET);
  expect(incomplete).toBeNull();
  const [of, by] = [a, b].map(({ ends, violations }) => [...ends, ...violations]);
  return { more: by?.filter((each) => of?.includes(each) !== true) ?? [], fewer: of?.filter((each) => by?.includes(each) !== true) ?? [] };
}

const NONE = { more: [], fewer: [] };

describe('promises as steps', () => {
  it('show load buffering, which interleaving leaves out', () => {
    const { more, fewer } = differences({
      cpus: { P0: [load('a', 'x'), note('a'), store('y', 1)], P1: [load('b', 'y'), note('b'), store('x', 1)] },
    });
    expect(more).toHaveLength(1);
    expect(more[0]).toContain('P0: noted a=#1');
    expect(more[0]).toContain('P1: noted b=#1');
    expect(fewer).toEqual([]);
  });

  it('and two stores that are delayed at a time', () => {
    const { more, fewer } = differences({
      cpus: {
        P0: [store('x', 1), store('y', 1), store('z', 1)],
        P1: [load('z', 'z'), note('z'), fence('r', 'r'), load('y', 'y'), note('y'), fence('r', 'r'), load('x', 'x'), note('x')],
      },
    });
    expect(fewer).toEqual([]);
    expect(more).toHaveLength(1);
    expect(more[0]).toMatch(/noted x=#0.*noted y=#0.*noted z=#1/);
  });

  it('a fence between load and store keeps both from it', () => {
    const through = fence('r', 'w');
    expect(
      differences({
        cpus: { P0: [load('a', 'x'), note('a'), through, store('y', 1)], P1: [load('b', 'y'), note('b'), through, store('x', 1)] },
      }),
    ).toEqual(NONE);
  });

  it('who takes a lock stores after all that its last holder has read', () => {
    expect(
      differences({
        cpus: {
          P0: [lock('l'), load('a', 'x'), note('a'), store('y', 1), unlock('l')],
          P1: [lock('l'), load('b', 'y'), note('b'), store('x', 1), unlock('l')],
        },
      }),
    ).toEqual(NONE);
  });

  it('who has waited for a grace period stores after all that the readers before have read', () => {
    expect(
      differences({
        cpus: {
          P0: [rcuRead('lock'), load('a', 'x'), note('a'), store('y', 1), rcuRead('unlock')],
          P1: [load('b', 'y'), note('b'), synchronizeRcu(), store('x', 1)],
        },
      }),
    ).toEqual(NONE);
  });

  it('a lock is not held before its holder could have taken it', () => {
    expect(
      differences({
        cpus: {
          P0: [acquire('a', 'flag'), when('a', lock('l'))],
          P1: [tryLock('b', 'l'), note('b'), release('flag', 1)],
        },
      }),
    ).toEqual(NONE);
  });

  it('a page is not freed before its reader was done', () => {
    expect(
      differences({
        cpus: { P0: [acquire('a', 'flag'), when('a', put('page'))], P1: [load('b', 'page'), note('b'), release('flag', 1)] },
        pages: ['page'],
      }),
    ).toEqual(NONE);
  });
});
