import { describe, expect, it } from 'vitest';
import { dmb, dsb, fetchText, ic, ipi, isb, type Line, load, mb, note, primitive, type Scene, store, when } from '../testing/build.js';
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

describe('text of x86', () => {
  const serialise = (): Line => primitive({ kind: 'fence', pred: 'rw', succ: 'rw', serialises: true });
  /** The text is written, then the other CPU told; between that and its fetch stands `between`. */
  const told = (between: Line): Scene => ({
    arch: 'x86',
    cpus: {
      P0: [store('insn', 1), store('flag', 1)],
      P1: [load('told', 'flag'), when('told', between, fetchText('got', 'insn'), note('got'))],
    },
  });
  /** The other CPU is interrupted once the text is written, and then told. */
  const interrupted = (handler: readonly Line[]): Scene => ({
    arch: 'x86',
    cpus: {
      P0: [store('insn', 1), ipi('others', 'handler'), store('flag', 1)],
      P1: [load('told', 'flag'), when('told', fetchText('got', 'insn'), note('got'))],
    },
    procedures: { handler },
  });
  const old = (scene: Scene): boolean => [...outcomes(scene, 0)].some((each) => each.includes('P1.got=0 '));

  it('may be old, though its CPU has heard of the new, until that CPU serialises', () => {
    expect(old(told([]))).toBe(true);
    expect(old(told(mb()))).toBe(true);
    expect(old(told(serialise()))).toBe(false);
  });

  it('may be old behind an interrupt whose handler does not serialise', () => {
    expect(old(interrupted([]))).toBe(true);
    expect(old(interrupted([serialise()]))).toBe(false);
  });

  it('is two fetches where it is two bytes, in no order', () => {
    const scene: Scene = {
      arch: 'x86',
      cpus: {
        P0: [store('second', 1), mb(), store('first', 1)],
        P1: [fetchText('a', 'first'), fetchText('b', 'second'), note('a'), note('b')],
      },
    };
    expect([...outcomes(scene, 0)].some((each) => each.includes('P1.a=1 P1.b=0'))).toBe(true);
  });

  it('comes before the loads of what stands behind it', () => {
    const scene: Scene = {
      arch: 'x86',
      cpus: {
        P0: [store('data', 1), store('insn', 1)],
        P1: [fetchText('got', 'insn'), load('r', 'data'), note('got'), note('r')],
      },
    };
    expect([...outcomes(scene, 0)].some((each) => each.includes('P1.got=1 P1.r=0'))).toBe(false);
  });
});
