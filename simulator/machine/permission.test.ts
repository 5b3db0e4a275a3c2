import { describe, expect, it } from 'vitest';
import {
  assert,
  awaitNonzero,
  dsb,
  element,
  equal,
  flatTable,
  isb,
  type Line,
  load,
  local,
  release,
  rmw,
  type Scene,
  store,
  tlbi,
  tryTouch,
  when,
} from '../testing/build.js';
import { violations } from '../testing/run.js';

const PAGE = 0x8000_1000n;
const STAGE1 = { regime: 'arm64-stage1', leaf: PAGE | 0x743n } as const;
const READ_ONLY = 1n << 7n;
const DIRTY_MODIFIER = 1n << 51n;
const ACCESS_FLAG = 1n << 10n;
const CLEAN = STAGE1.leaf | READ_ONLY | DIRTY_MODIFIER;

const ENTRY = element('pt', 0);

const scene = (hd: boolean | null, cpus: Scene['cpus']): Scene => ({
  arch: 'arm64',
  cpus,
  pages: ['page'],
  mmu: flatTable(STAGE1.regime, 'empty'),
  ...(hd === null ? {} : { setting: { hd } }),
});

/** Whether an access through an entry of this value goes through, and what then stands in the entry. */
function outcome(hd: boolean | null, value: bigint, write: boolean): { readonly goes: boolean; readonly after: bigint } {
  const first: readonly Line[] = [store(ENTRY, value), dsb(), isb(), tryTouch('ok', 0n, write)];
  const shows = (...lines: readonly Line[]): boolean => violations(scene(hd, { P0: [...first, ...lines] })).length > 0;
  const goes = shows(assert(equal('ok', 0)));
  expect(shows(assert(equal('ok', 1)))).toBe(!goes);
  const may = [value, value & ~READ_ONLY, value | ACCESS_FLAG, (value & ~READ_ONLY) | ACCESS_FLAG];
  const after = may.find((each) => !shows(dsb(), load('now', ENTRY), assert(equal('now', each))));
  return { goes, after: after ?? -1n };
}

describe('flags of an arm64 leaf', () => {
  it('are looked at by nobody where the scenario does not name the axis', () => {
    expect(outcome(null, STAGE1.leaf | READ_ONLY, true)).toEqual({ goes: true, after: STAGE1.leaf | READ_ONLY });
  });
  it('permit an access or not', () => {
    for (const hd of [false, true]) {
      expect(outcome(hd, STAGE1.leaf | READ_ONLY, true).goes).toBe(false);
      expect(outcome(hd, STAGE1.leaf | READ_ONLY, false).goes).toBe(true);
      expect(outcome(hd, STAGE1.leaf, true)).toEqual({ goes: true, after: STAGE1.leaf });
    }
  });
  it('are updated by hardware that can', () => {
    expect(outcome(true, CLEAN, true)).toEqual({ goes: true, after: CLEAN & ~READ_ONLY });
    expect(outcome(true, CLEAN, false)).toEqual({ goes: true, after: CLEAN });
    expect(outcome(true, CLEAN & ~ACCESS_FLAG, false)).toEqual({ goes: true, after: CLEAN });
    expect(outcome(false, CLEAN, true)).toEqual({ goes: false, after: CLEAN });
    expect(outcome(false, CLEAN & ~ACCESS_FLAG, false).goes).toBe(false);
  });
});

describe('an update of the dirty state', () => {
  const racing = (taken: readonly Line[]): Scene =>
    scene(true, {
      P0: [
        store(ENTRY, CLEAN),
        dsb(),
        release('mapped', 1),
        ...taken,
        load('w', 'written'),
        when('w', assert(equal('old', CLEAN & ~READ_ONLY))),
      ],
      P1: [awaitNonzero('mapped'), tryTouch('ok', 0n, true), when('ok', store('written', 1))],
    });
  it('is seen by an atomic that takes the entry away', () => {
    expect(violations(racing([rmw('old', ENTRY, 'swap', 0)]))).toEqual([]);
  });
  it('is lost to a store', () => {
    expect(violations(racing([load('old', ENTRY), store(ENTRY, 0)]))).toEqual(['assertion']);
  });
});

describe('a copy that permits too little', () => {
  const widened = (flush: readonly Line[]): Scene =>
    scene(true, {
      P0: [store(ENTRY, STAGE1.leaf | READ_ONLY), dsb(), store(ENTRY, STAGE1.leaf), ...flush, release('wide', 1)],
      P1: [awaitNonzero('wide'), isb(), tryTouch('ok', 0n, true), assert(local('ok'))],
    });
  it('may be used until it is invalidated', () => {
    expect(violations(widened([dsb()]))).toEqual(['assertion']);
    expect(violations(widened([dsb(), tlbi('vae1is', { at: 0n }), dsb()]))).toEqual([]);
  });
});
