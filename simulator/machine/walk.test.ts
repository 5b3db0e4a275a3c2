import { describe, expect, it } from 'vitest';
import {
  awaitNonzero,
  die,
  dsb,
  element,
  equal,
  fence,
  fixup,
  flatTable,
  isb,
  type Line,
  load,
  release,
  sbiFence,
  type Scene,
  sfence,
  store,
  tlbi,
  touch,
  trapReturn,
  twoLevels,
  when,
} from '../testing/build.js';
import { trace, violations } from '../testing/run.js';
import type { ViolationKind } from './violation.js';

const VA = 0x4000n;
const PAGE = 0x8000_1000n;
const RISCV_LEAF = (PAGE >> 2n) | 0xc7n;
const ARM_LEAF = PAGE | 0x7c3n;

describe('riscv: what a hart has seen of an invalid entry', () => {
  /** P0 makes the entry valid and says so; P1 then touches. Its handler does `handler`; a second fault dies. */
  const scene = (kind: string, before: readonly Line[], handler: readonly Line[] | null): Scene => ({
    cpus: {
      P0: [store(element('pt', 0), RISCV_LEAF), fence('w', 'w'), release('mapped', 1)],
      P1: [awaitNonzero('mapped'), before, touch(VA)],
    },
    setting: { 'invalid-entries': kind },
    mmu: flatTable('riscv', 'empty', 1, VA),
    pages: ['page'],
    ...(handler
      ? {
          trap: 'trap',
          procedures: { trap: [load('n', 'faults', 'plain'), when('n', die()), store('faults', 1, 'plain'), handler, trapReturn()] },
        }
      : {}),
  });

  // A spurious fault is possible on each of the three; they differ in what ends it (privileged spec, "Supervisor Memory-Management Fence
  // Instruction": sfence.vma always; on most hardware, which only translates early, the trap itself).
  for (const kind of ['cached', 'early', 'early-until-fence']) {
    it(`${kind}: may fault at first, not after an own sfence.vma`, () => {
      expect(violations(scene(kind, [], null))).toEqual(['unhandled-fault']);
      expect(violations(scene(kind, [sfence()], null))).toEqual([]);
      expect(violations(scene(kind, [sfence(VA)], null))).toEqual([]);
    });
    it(`${kind}: one fault whose handler fences is enough`, () => {
      expect(violations(scene(kind, [], [sfence()]))).toEqual([]);
    });
  }
  it('the trap alone is enough only where hardware looks again', () => {
    expect(violations(scene('early', [], []))).toEqual([]);
    expect(violations(scene('cached', [], []))).toEqual(['unhandled-fault']);
    expect(violations(scene('early-until-fence', [], []))).toEqual(['unhandled-fault']);
  });
  it('a fence of another address is none', () => {
    expect(violations(scene('cached', [sfence(0x10_0000n)], null))).toEqual(['unhandled-fault']);
  });
  it('a fence of any address in a page is one of that page, and of no other', () => {
    expect(violations(scene('cached', [sfence(VA + 8n)], null))).toEqual([]);
    expect(violations(scene('cached', [sfence(VA - 8n)], null))).toEqual(['unhandled-fault']);
  });
  it('a fence before the store became known covers nothing', () => {
    const early: Scene = {
      ...scene('cached', [], null),
      cpus: {
        P0: [store(element('pt', 0), RISCV_LEAF), fence('w', 'w'), release('mapped', 1)],
        P1: [sfence(), awaitNonzero('mapped'), touch(VA)],
      },
    };
    expect(violations(early)).toEqual(['unhandled-fault']);
  });
  it('an old valid entry may be used until a fence', () => {
    const unmap = (flush: readonly Line[]): Scene => ({
      cpus: { P0: [store(element('pt', 0), 0), flush, touch(0n)] },
      mmu: flatTable('riscv'),
    });
    expect(violations(unmap([]))).toEqual(['unhandled-fault']);
    const steps = trace(unmap([sfence()]), 'unhandled-fault');
    expect(steps.map((step) => step.text).join('\n')).not.toMatch(/old translation/);
  });
  it('the fault names the entry and whether it is spurious', () => {
    const last = trace(scene('cached', [], null), 'unhandled-fault').at(-1);
    expect(last?.text).toMatch(/invalid.*pt\[0\]|pt\[0\].*invalid/);
  });
});

describe('riscv: traps', () => {
  const bad = (nofault: boolean, handler: readonly Line[]): Scene => ({
    cpus: { P0: [touch(VA, { nofault }), store('after', 1), load('r', 'after')], P1: [load('r', 'after')] },
    trap: 'trap',
    procedures: { trap: handler },
    mmu: flatTable('riscv', 'empty', 1, VA),
  });
  it('sret retries the access: a bad address faults for ever', () => {
    expect(violations(bad(false, [trapReturn()]))).toEqual(['livelock']);
  });
  it('a fixup skips the access', () => {
    expect(violations(bad(true, [fixup('ok'), when(equal('ok', 0), die()), trapReturn()]))).toEqual([]);
    expect(violations(bad(false, [fixup('ok'), when(equal('ok', 0), die()), trapReturn()]))).toEqual(['unhandled-fault']);
  });
  it('a handler that faults in turn ends in a stack overflow', () => {
    expect(violations(bad(false, [touch(VA), trapReturn()]))).toEqual(['unhandled-fault']);
  });
});

describe('arm64 stage 1: accesses through an entry that goes', () => {
  /** The access gets through to an old translation in some run. */
  const getsThrough = (lines: readonly Line[]): boolean =>
    violations({
      arch: 'arm64',
      cpus: { P0: [lines, touch(0n), die()] },
      mmu: flatTable('arm64-stage1'),
      trap: 'trap',
      procedures: { trap: [awaitNonzero('never'), trapReturn()] },
    }).includes('unhandled-fault');

  const clear = store(element('pt', 0), 0);
  const rows: readonly (readonly [string, readonly Line[], boolean])[] = [
    ['nothing else', [clear], true],
    ['DSB, no TLBI', [clear, dsb(), isb()], true],
    ['TLBI without a DSB after it', [clear, dsb('st'), tlbi('vae1is', { at: 0n }), isb()], true],
    // Complete, yet an own access may have translated before: only ISB stops it (DDI 0487, "Ordering and completion of TLB maintenance").
    ['local TLBI, DSB, no ISB', [clear, dsb('st'), tlbi('vae1', { at: 0n }), dsb()], true],
    ['TLBI, DSB, ISB', [clear, dsb('st'), tlbi('vae1is', { at: 0n }), dsb(), isb()], false],
    ['no DSB before the TLBI', [clear, tlbi('vae1is', { at: 0n }), dsb(), isb()], true],
    ['local TLBI, on its own CPU', [clear, dsb('st'), tlbi('vae1', { at: 0n }), dsb(), isb()], false],
    ['TLBI of another address', [clear, dsb('st'), tlbi('vae1is', { at: 0x10_0000n }), dsb(), isb()], true],
    ['TLBI of everything', [clear, dsb('st'), tlbi('vmalle1is'), dsb(), isb()], false],
    ['DSB of stores does not complete it', [clear, dsb('st'), tlbi('vae1is', { at: 0n }), dsb('st'), isb()], true],
    ['right hint', [clear, dsb('st'), tlbi('vae1is', { at: 0n, level: 3 }), dsb(), isb()], false],
    ['wrong hint', [clear, dsb('st'), tlbi('vae1is', { at: 0n, level: 2 }), dsb(), isb()], true],
  ];
  for (const [name, lines, through] of rows) {
    it(`${name}: ${through ? 'may still go through' : 'faults'}`, () => {
      expect(getsThrough(lines)).toBe(through);
    });
  }

  /** P0 unmaps, flushes, tells P1, whose access may or may not still go through. */
  const remote = (word: string, sync: readonly Line[] = []): ViolationKind[] =>
    violations({
      arch: 'arm64',
      cpus: {
        P0: [clear, dsb('st'), tlbi(word, { at: 0n }), dsb(), release('unmapped', 1)],
        P1: [awaitNonzero('unmapped'), sync, touch(0n), die()],
      },
      mmu: flatTable('arm64-stage1'),
      trap: 'trap',
      procedures: { trap: [awaitNonzero('never'), trapReturn()] },
    });
  it('after a DSB that completed it, a remote CPU that knows of it faults', () => {
    expect(remote('vae1is')).toEqual([]);
  });
  it('a local TLBI does not reach another CPU', () => {
    expect(remote('vae1')).toEqual(['unhandled-fault']);
  });

  it('an invalid entry is never cached: DSB and ISB after the store, no TLBI, and no spurious fault is left', () => {
    const map = (lines: readonly Line[]): Scene => ({
      arch: 'arm64',
      cpus: { P0: [store(element('pt', 0), ARM_LEAF), lines, touch(VA)] },
      mmu: flatTable('arm64-stage1', 'empty', 1, VA),
      pages: ['page'],
    });
    expect(violations(map([]))).toEqual(['unhandled-fault']);
    expect(violations(map([dsb('st')]))).toEqual(['unhandled-fault']);
    expect(violations(map([isb()]))).toEqual(['unhandled-fault']);
    expect(violations(map([dsb('st'), isb()]))).toEqual([]);
  });
});

describe('two levels', () => {
  it('riscv: a fence by address leaves the walk cache, one without does not', () => {
    const relink = (flush: Line): Scene => ({
      cpus: { P0: [store(element('root', 0), 0), flush, touch(0n), die()] },
      mmu: twoLevels('riscv'),
      trap: 'trap',
      procedures: { trap: [awaitNonzero('never'), trapReturn()] },
    });
    expect(violations(relink(sfence(0n)))).toEqual(['unhandled-fault']);
    expect(violations(relink(sbiFence(1, 0n, 0x1000n)))).toEqual(['unhandled-fault']);
    expect(violations(relink(sfence()))).toEqual([]);
    expect(violations(relink(sbiFence(1)))).toEqual([]);
  });

  it('riscv: a remote fence of another hart does not help this one; one of nobody in particular is one of all', () => {
    const relink = (mask: number): Scene => ({
      cpus: { P0: [store(element('root', 0), 0), sbiFence(mask), touch(0n), die()], P1: null },
      mmu: twoLevels('riscv'),
      trap: 'trap',
      procedures: { trap: [awaitNonzero('never'), trapReturn()] },
    });
    expect(violations(relink(2))).toEqual(['unhandled-fault']);
    for (const mask of [0, 1, 3]) expect(violations(relink(mask)), String(mask)).toEqual([]);
  });
});
