import type { Abort, FaultType, Regime } from '../interp/operation.js';
import { leafOf } from './leaf.js';
import type { Machine } from './machine.js';
import type { Entry, Spaces } from './mmu.js';
import type { Path, Wanted } from './path.js';
import type { Invalidation } from './tlbi.js';

/** An entry that a walk read, and what for. */
interface Step {
  readonly entry: Entry;
  readonly position: number;
  readonly stage: 1 | 2;
  /** It led to a table. */
  readonly table: boolean;
  /** The virtual address, or for stage 2 the intermediate physical one, that it was read for. */
  readonly address: bigint;
}

/** A walk on its way. */
interface Walk {
  readonly steps: readonly Step[];
  readonly post: number;
  readonly stale: boolean;
  /** The stage-1 leaf belongs to one ASID (nG). */
  readonly nonGlobal: boolean;
}

interface Access {
  readonly m: Machine;
  readonly s: Int32Array;
  readonly cpu: number;
  readonly spaces: Spaces;
  readonly regime: Regime;
  readonly wanted: Wanted;
  /** View of older accesses that a fault comes after: with FEAT_ETS2 all of them. */
  readonly ordered: number;
  readonly aborted: (walk: Walk, type: FaultType, abort: Abort) => void;
}

const OUTPUT = 0xffff_ffff_f000n;
const NON_GLOBAL = 1n << 11n;
const ACCESS_FLAG = 1n << 10n;
const S2AP_READ = 1n << 6n;
const S2AP_WRITE = 1n << 7n;
/** A stage-2 page that any access goes through. */
const USABLE = 0b11n | ACCESS_FLAG | S2AP_READ | S2AP_WRITE;

/** log2 of what an entry of a level maps: 4 KiB granule, 48-bit addresses (Arm ARM DDI 0487, D8.2). */
const shiftOf = (level: number): bigint => 39n - 9n * BigInt(level);
export const baseOf = (register: bigint): bigint => register & OUTPUT;
/** ASID of a TTBR, VMID of a VTTBR. */
const tagOf = (register: bigint): bigint => register >> 48n;

/** A virtual address told apart from the same one in another address space. */
export function inSpace(va: bigint, regime: Regime | undefined): bigint {
  if (!regime) return va;
  const { el, stage1, stage2 } = regime;
  return va | ((el === 2 ? 1n << 32n : (tagOf(stage2) << 16n) | tagOf(stage1)) << 64n);
}

/** The entry at a physical address, or null where nothing changes. */
export function entryAt(m: Machine, spaces: Spaces, physical: bigint): Entry | null {
  const index = knownOf(spaces).entries.get(physical);
  return index === undefined ? null : (m.entries[index] ?? null);
}

/** What stays true of spaces: the index of each entry, and where walks of stage 2 lead that meet no entry which may change. */
interface Known {
  readonly entries: ReadonlyMap<bigint, number>;
  /** By base and address; null for a walk that has to be followed. */
  readonly stage2: Map<bigint, bigint | null>;
}

const known = new WeakMap<Spaces, Known>();

function knownOf(spaces: Spaces): Known {
  let found = known.get(spaces);
  if (!found) {
    found = { entries: new Map(spaces.entries.map(({ physical }, index) => [physical, index])), stage2: new Map() };
    known.set(spaces, found);
  }
  return found;
}

/** Where an address leads whatever programs do, readable and writable; null where that is not so. */
function fixedStage2(spaces: Spaces, base: bigint, ipa: bigint): bigint | null {
  const { entries, stage2: memo } = knownOf(spaces);
  const key = (base << 48n) | ipa;
  const before = memo.get(key);
  if (before !== undefined) return before;
  let found: bigint | null = null;
  for (let level = 0, table = base; level <= 3; level++) {
    const physical = table + 8n * ((ipa >> shiftOf(level)) & 511n);
    const descriptor = entries.has(physical) ? 0n : (spaces.fixed.get(physical) ?? 0n);
    if (level === 3 && (descriptor & USABLE) === USABLE) found = (descriptor & OUTPUT) | (ipa & 0xfffn);
    if ((descriptor & 0b11n) !== 0b11n) break;
    table = descriptor & OUTPUT;
  }
  memo.set(key, found);
  return found;
}

/**
 * Every translation of `va` that a CPU in `regime` may use now: stage 1 from its TTBR, each of its addresses through stage 2 below EL2
 * (Arm ARM DDI 0487, D8.2 "Translation process"). `start` is the view that the walk comes after.
 */
export function pathsThroughSpaces(
  m: Machine,
  s: Int32Array,
  cpu: number,
  va: bigint,
  wanted: Wanted,
  regime: Regime,
  start: number,
  ordered: number,
): Path[] {
  const spaces = m.mmu?.spaces;
  if (!spaces) return [];
  const found: Path[] = [];
  const add = (walk: Walk, end: Path['end']): void => {
    const { own, others } = bounds(m, s, cpu, regime, va, walk);
    const { steps, post, stale } = walk;
    const used = end.k === 'page' ? m.get(s, cpu, m.layout.USED + m.address(inSpace(va, regime))) : 0;
    if (post < own && post < others && used < others) found.push({ steps, end, post, limit: others, update: null, stale });
  };
  const aborted: Access['aborted'] = (walk, type, abort) => {
    add(walk, { k: 'fault', type, abort });
  };
  const access: Access = { m, s, cpu, spaces, regime, wanted, ordered, aborted };
  const first: Walk = { steps: [], post: start, stale: false, nonGlobal: true };
  stage1(access, va, first, (walk, to) => {
    add(walk, { k: 'page', to: to & OUTPUT });
  });
  return found;
}

type Then = (walk: Walk, to: bigint) => void;

function stage1(access: Access, va: bigint, from: Walk, then: Then): void {
  const { regime, wanted } = access;
  const twoStages = regime.el < 2;
  const abort = (walk: Walk, type: FaultType, level: number): void => {
    access.aborted(walk, type, { stage: 1, level, ipa: null, walk: false, write: wanted.write });
  };
  const through = (walk: Walk, address: bigint, table: boolean, next: Then): void => {
    if (!twoStages) next(walk, address);
    else stage2(access, address, table, walk, next);
  };
  descend(access, 1, va, baseOf(regime.stage1), from, through, abort, (walk, descriptor, to, level, fresh) => {
    const leaf = leafOf(descriptor);
    if (!leaf.accessed) {
      if (fresh) abort(walk, 'access-flag', level);
      return;
    }
    if ((wanted.write && !leaf.writable) || (regime.el === 0 && !leaf.user)) {
      abort(walk, 'permission', level);
      return;
    }
    through({ ...walk, nonGlobal: (descriptor & NON_GLOBAL) !== 0n }, to, false, then);
  });
}

/** Stage 2 of an address; `table` says that it is where a stage-1 entry stands. */
function stage2(access: Access, ipa: bigint, table: boolean, from: Walk, then: Then): void {
  const { regime, wanted } = access;
  const fixed = fixedStage2(access.spaces, baseOf(regime.stage2), ipa);
  if (fixed !== null) {
    then(from, fixed);
    return;
  }
  const write = wanted.write && !table;
  const abort = (walk: Walk, type: FaultType, level: number): void => {
    access.aborted(walk, type, { stage: 2, level, ipa, walk: table, write });
  };
  const direct = (walk: Walk, address: bigint, _: boolean, next: Then): void => {
    next(walk, address);
  };
  descend(access, 2, ipa, baseOf(regime.stage2), from, direct, abort, (walk, descriptor, to, level, fresh) => {
    if ((descriptor & ACCESS_FLAG) === 0n) {
      if (fresh) abort(walk, 'access-flag', level);
      return;
    }
    if ((descriptor & (write ? S2AP_WRITE : S2AP_READ)) === 0n) abort(walk, 'permission', level);
    else then(walk, to);
  });
}

/** Walks the tables of one stage; `through` finds the physical address of an entry, `leaf` gets each block or page that is met. */
function descend(
  access: Access,
  stage: 1 | 2,
  address: bigint,
  base: bigint,
  from: Walk,
  through: (walk: Walk, address: bigint, table: boolean, next: Then) => void,
  abort: (walk: Walk, type: FaultType, level: number) => void,
  leaf: (walk: Walk, descriptor: bigint, to: bigint, level: number, fresh: boolean) => void,
): void {
  const go = (level: number, table: bigint, before: Walk): void => {
    through(before, table + 8n * ((address >> shiftOf(level)) & 511n), true, (walk, physical) => {
      for (const { descriptor, ...read } of reads(access, physical, walk)) {
        const kind = descriptor & 0b11n;
        const isTable = level < 3 && kind === 0b11n;
        const next = read.entry === null ? walk : stepped(access, walk, { ...read, entry: read.entry, stage, table: isTable, address });
        // What faults as "not there" is never cached (Arm ARM DDI 0487, D8.16): only a fresh walk shows it.
        if ((kind & 1n) === 0n || (level === 3 && kind === 0b01n) || (level === 0 && kind === 0b01n)) {
          if (read.fresh) abort(next, 'translation', level);
        } else if (isTable) go(level + 1, descriptor & OUTPUT, next);
        else {
          const low = (1n << shiftOf(level)) - 1n;
          leaf(next, descriptor, (descriptor & OUTPUT & ~low) | (address & low), level, read.fresh);
        }
      }
    });
  };
  go(0, base, from);
}

interface Read {
  readonly descriptor: bigint;
  /** Null for an entry that nothing changes. */
  readonly entry: Entry | null;
  readonly position: number;
  /** New enough for a walk that reads memory now. */
  readonly fresh: boolean;
}

/** What the entry at a physical address may hold for a walker. */
function reads({ m, s, spaces, ordered }: Access, physical: bigint, { post }: Walk): Read[] {
  const entry = entryAt(m, spaces, physical);
  if (!entry) return [{ descriptor: spaces.fixed.get(physical) ?? 0n, entry: null, position: 0, fresh: true }];
  const floor = m.order.latest(s, entry.index, Math.max(post, ordered));
  return m.order.open(s, entry.index, 0).map((position) => {
    const value = m.auto.value(m.order.valueAt(s, entry.index, position));
    return { descriptor: value.k === 'int' ? value.v : 0n, entry, position, fresh: position >= floor };
  });
}

function stepped({ m, s }: Access, walk: Walk, { entry, position, stage, table, address }: Step): Walk {
  const newest = m.order.latest(s, entry.index, m.order.length(s));
  return {
    ...walk,
    steps: [...walk.steps, { entry, position, stage, table, address }],
    post: Math.max(walk.post, m.order.viewOf(s, entry.index, position)),
    stale: walk.stale || position !== newest,
  };
}

/** Invalidations in the order that rule out a walk: the first own one, the first of another CPU. */
function bounds(
  m: Machine,
  s: Int32Array,
  cpu: number,
  regime: Regime,
  va: bigint,
  walk: Walk,
): { readonly own: number; readonly others: number } {
  let own = Number.POSITIVE_INFINITY;
  let others = Number.POSITIVE_INFINITY;
  const inScope: { readonly t: number; readonly what: Invalidation; readonly own: boolean }[] = [];
  for (let t = 1; t <= m.order.length(s); t++) {
    const code = m.order.code(s, t);
    if (code >= 0) continue;
    const what = m.invalidations[-1 - code];
    const scope = m.invalidationScope[-1 - code];
    if (what && scope !== undefined && (scope < 0 || scope === cpu))
      inScope.push({ t, what, own: m.invalidationIssuer[-1 - code] === cpu });
  }
  const older = ({ entry, position }: Step, t: number): boolean => position < m.order.latest(s, entry.index, m.order.floorOf(s, t));
  for (const each of inScope) {
    const { t, what } = each;
    const stage1 = walk.steps.some((step) => step.stage === 1 && coversStage1(what, regime, va, step, walk) && older(step, t));
    const stage2 = walk.steps.some(
      (step) => step.stage === 2 && coversStage2(what, regime, step) && older(step, t) && separate(what, walk, t),
    );
    if (!stage1 && !stage2 && !combined(m, s, inScope, each, regime, va, walk, older)) continue;
    if (each.own) own = Math.min(own, t);
    else others = Math.min(others, t);
  }
  return { own, others };
}

/**
 * Whether an invalidation of stage 2 reaches this walk by itself. What a TLB made of both stages together is known by its virtual address
 * alone, so an invalidation by IPA need not find it (Arm ARM DDI 0487, D8.17 "TLB maintenance instructions", IPAS2E1); it can't be older than
 * the stage-1 entry it was made of.
 */
const separate = ({ tlbi }: Invalidation, walk: Walk, t: number): boolean =>
  tlbi.stage === 12 || walk.steps.some((step) => step.stage === 1 && step.position > t);

/** A stage-1 invalidation issued after one of stage 2 was complete: what had been made of both stages is gone with it. */
function combined(
  m: Machine,
  s: Int32Array,
  inScope: readonly { readonly t: number; readonly what: Invalidation }[],
  { t, what }: { readonly t: number; readonly what: Invalidation },
  regime: Regime,
  va: bigint,
  walk: Walk,
  older: (step: Step, t: number) => boolean,
): boolean {
  if (!coversStage1(what, regime, va, null, walk)) return false;
  const before = inScope.filter((each) => each.t <= m.order.floorOf(s, t));
  return walk.steps.some((step) => step.stage === 2 && before.some((each) => coversStage2(each.what, regime, step) && older(step, each.t)));
}

/** Whether an invalidation means the stage-1 entry `step` of a walk for `va`; null for what was made of the whole walk. */
function coversStage1({ tlbi, from, to, hint, space }: Invalidation, regime: Regime, va: bigint, step: Step | null, walk: Walk): boolean {
  if (!space || tlbi.stage === 2 || space.el2 !== (regime.el === 2)) return false;
  if (!space.el2 && space.vmid !== tagOf(regime.stage2) && !everyVmid(tlbi.word)) return false;
  const table = step?.table === true;
  if (table && (tlbi.last || hint !== null)) return false;
  if (!table && hint !== null && step !== null && hint !== step.entry.level) return false;
  const sameAsid = space.asid === null || space.asid === tagOf(regime.stage1);
  // A global leaf belongs to every ASID: found by its address, not by an ASID alone (D8.17, "VAE1", "ASIDE1").
  if (tlbi.by === 'asid') return sameAsid && (table || walk.nonGlobal);
  if (tlbi.by === 'address') return va >= from && va < to && (sameAsid || (!table && !walk.nonGlobal));
  return true;
}

function coversStage2({ tlbi, from, to, hint, space }: Invalidation, regime: Regime, step: Step): boolean {
  if (!space || tlbi.stage === 1 || space.el2 || regime.el === 2) return false;
  if (space.vmid !== tagOf(regime.stage2) && !everyVmid(tlbi.word)) return false;
  if (step.table && (tlbi.last || hint !== null)) return false;
  if (!step.table && hint !== null && hint !== step.entry.level) return false;
  return tlbi.by !== 'address' || (step.address >= from && step.address < to);
}

const everyVmid = (word: string): boolean => word.startsWith('alle1');
