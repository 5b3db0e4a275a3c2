import { describe, expect, it } from 'vitest';
import { dsb, dsbOwn, isb, type Line, primitive, release, awaitNonzero, symbol, num, tlbi } from '../testing/build.js';
import { violations } from '../testing/run.js';
import type { ViolationKind } from './violation.js';

const runs = (of: 'asid' | 'vmid', space: string, number: number): Line =>
  primitive({ kind: 'runs', of, space: 0, number: 1 }, [symbol(space), num(number)]);
const pages = ['one', 'two', 'host'];

describe('an address space that comes to run under a number', () => {
  /** P0 has run one space under the number, left it, and does something before it runs another under it. */
  const reused = (of: 'asid' | 'vmid', between: readonly Line[], number = 1, space = 'two'): ViolationKind[] =>
    violations({ arch: 'arm64', pages, cpus: { P0: [runs(of, 'one', 1), runs(of, 'host', 0), ...between, runs(of, space, number)] } });

  const own = [dsbOwn('nshst'), tlbi('vmalle1'), dsbOwn('nsh'), isb()];
  const rows: readonly (readonly [string, 'asid' | 'vmid', readonly Line[], boolean])[] = [
    ['nothing', 'asid', [], true],
    ['a local TLBI of all', 'asid', own, false],
    ['a TLBI that no DSB completes', 'asid', [tlbi('vmalle1is')], true],
    ['a TLBI of the ASID', 'asid', [tlbi('aside1is', { at: 1n << 60n }), dsb()], false],
    ['a TLBI of another ASID', 'asid', [tlbi('aside1is', { at: 2n << 60n }), dsb()], true],
    ['a TLBI of an address', 'asid', [tlbi('vae1is', { at: 1n << 60n }), dsb()], true],
    ['nothing', 'vmid', [], true],
    ['a TLBI of all guests', 'vmid', [tlbi('alle1is'), dsb()], false],
    ['a TLBI of the guest at hand', 'vmid', [tlbi('vmalls12e1is'), dsb()], true],
  ];
  for (const [name, of, between, finds] of rows) {
    it(`${of}: ${name} in between ${finds ? 'leaves' : 'takes'} what was kept`, () => {
      expect(reused(of, between)).toEqual(finds ? ['stale-translation'] : []);
    });
  }
  it('is right under a number of its own, and when it is the same space', () => {
    expect(reused('asid', [], 2)).toEqual([]);
    expect(reused('asid', [], 1, 'one')).toEqual([]);
    expect(reused('asid', [], 0)).toEqual([]);
  });
});

describe('an invalidation of all CPUs', () => {
  const elsewhere = (word: string, left: readonly Line[]): ViolationKind[] =>
    violations({
      arch: 'arm64',
      pages,
      cpus: {
        P0: [awaitNonzero('ran'), tlbi(word), dsb(), release('flushed', 1)],
        P1: [runs('asid', 'one', 1), ...left, release('ran', 1), awaitNonzero('flushed'), runs('asid', 'two', 1)],
      },
    });
  it('takes what other CPUs keep of what they have left', () => {
    expect(elsewhere('vmalle1is', [runs('asid', 'host', 0)])).toEqual([]);
    expect(elsewhere('vmalle1', [runs('asid', 'host', 0)])).toEqual(['stale-translation']);
  });
  it('leaves what a CPU runs, which it walks again', () => {
    expect(elsewhere('vmalle1is', [])).toEqual(['stale-translation']);
  });
});
