import { valueKey } from '../interp/value.js';
import { BothStages } from './both-stages.js';
import { siblings } from './contiguous.js';
import { mayUseCopies } from './elsewhere.js';
import type { Machine } from './machine.js';
import { decode, type Entry } from './mmu.js';
import { covers } from './tlbi.js';

/** An entry through which a CPU's hardware may still reach a page. */
export interface Reach {
  readonly cpu: number;
  readonly entry: Entry;
  readonly position: number;
  readonly table: boolean;
}

/**
 * Who may still reach page `obj` through hardware, in the order of a CPU that has seen `view`: an access that comes after the free can't
 * come before an invalidation that the freer had waited for.
 */
export function reaches(m: Machine, s: Int32Array, obj: string, view: number, freer: number): Reach | null {
  const to = m.setup.physical.get(obj);
  if (to === undefined || !m.mmu) return null;
  const usable = new Map<string, boolean>();
  for (const cpu of victims(m, s, freer)) {
    const found = reachedBy(m, s, cpu, to, laterWalks(m, s, cpu, view), usable);
    if (found) return found;
  }
  return null;
}

/** CPUs that use the tables, in the order in which they make a plain story: one that only runs its guest, then any but the one that asks. */
function victims(m: Machine, s: Int32Array, asking: number): number[] {
  const rank = (cpu: number): number => (cpu === asking ? 2 : m.setup.cpus[cpu]?.entry === null ? 0 : 1);
  // What a CPU may have kept is of no use to it under another number; see cr3.ts, address-space.ts and riscv/satp.ts for its way back.
  return [...Array(m.rcuThread).keys()].filter((cpu) => mayUseCopies(m, s, cpu)).sort((a, b) => rank(a) - rank(b));
}

/** Who may still use a value of `entry` older than its newest, where that maps something; as for reaches(). */
export function holdsOld(m: Machine, s: Int32Array, entry: Entry, view: number, asking: number): Reach | null {
  const newest = m.order.latest(s, entry.index, m.order.length(s));
  const now = m.auto.value(m.order.valueAt(s, entry.index, newest));
  const usable = new Map<string, boolean>();
  for (const cpu of victims(m, s, asking)) {
    if (m.setup.cpus[cpu]?.onlyListedAccesses === true) continue;
    for (const position of m.order.open(s, entry.index, 0)) {
      const old = m.auto.value(m.order.valueAt(s, entry.index, position));
      if (position === newest || valueKey(old) === valueKey(now)) continue;
      const value = decode(m.setup.arch, old, entry.depth + 1 === m.mmu?.levels.length);
      if (value.k === 'invalid') continue;
      const table = value.k === 'table';
      if (mayHold(m, s, cpu, entry, position, table, laterWalks(m, s, cpu, view), usable)) return { cpu, entry, position, table };
    }
  }
  return null;
}

/** What comes before all walks that this CPU has yet to make: what the freer knows, and what the CPU's own synchronisation has put before them. */
const laterWalks = (m: Machine, s: Int32Array, cpu: number, view: number): number =>
  m.arch.invalidations === 'ordered' && m.has('address-spaces') ? Math.max(view, m.get(s, cpu, m.layout.ISB)) : view;

/** How `cpu` itself may still reach the page at physical address `to`; see reaches(). */
export function reachedBy(
  m: Machine,
  s: Int32Array,
  cpu: number,
  to: bigint,
  view: number,
  usable = new Map<string, boolean>(),
): Reach | null {
  for (const entry of m.entries) {
    for (const position of m.order.open(s, entry.index, 0)) {
      const value = decode(m.setup.arch, m.auto.value(m.order.valueAt(s, entry.index, position)), entry.depth + 1 === m.mmu?.levels.length);
      if (value.k === 'invalid' || value.to !== to) continue;
      const table = value.k === 'table';
      if (!table && m.setup.cpus[cpu]?.onlyListedAccesses === true) continue;
      if (mayHold(m, s, cpu, entry, position, table, view, usable)) return { cpu, entry, position, table };
    }
  }
  return null;
}

/**
 * Whether `cpu` may act on the write at `position` of `entry` in an access that comes after everything in `view`.
 */
export function mayHold(
  m: Machine,
  s: Int32Array,
  cpu: number,
  entry: Entry,
  position: number,
  table: boolean,
  view: number,
  seen: Map<string, boolean>,
): boolean {
  const key = `${String(cpu)} ${String(entry.index)} ${String(position)} ${String(view)}`;
  const known = seen.get(key);
  if (known !== undefined) return known;
  // A table that points back at itself is no way down.
  seen.set(key, false);
  // Copies that a CPU dropped by itself are gone, whether or not it has kept others that need no walk.
  if (m.arch.invalidations === 'executed' && position < m.order.latest(s, entry.index, m.get(s, cpu, m.layout.TLB + entry.index))) {
    return false;
  }
  const covered = lastCovered(m, s, cpu, entry, table, view);
  // A copy that nothing covered may be as old as it likes. After an invalidation it has to be walked again, from a table that was reached then:
  // what was invalidated since above it does not take it away.
  const held =
    covered === null ||
    (position >= m.order.latest(s, entry.index, covered.floor) && tableReached(m, s, cpu, entry, Math.min(view, covered.at), seen)) ||
    (!table && heldBySibling(m, s, cpu, entry, position, covered, view, seen));
  seen.set(key, held);
  return held;
}

/**
 * Whether another entry of a contiguous group gives `cpu` the translation that the write at `position` of `entry` made. A copy goes with each
 * invalidation of an address that it translates; it may be made again from an entry that stood there still.
 */
function heldBySibling(
  m: Machine,
  s: Int32Array,
  cpu: number,
  entry: Entry,
  position: number,
  covered: Covered,
  view: number,
  seen: Map<string, boolean>,
): boolean {
  const value = m.auto.value(m.order.valueAt(s, entry.index, position));
  if (value.k !== 'int') return false;
  return siblings(m, s, entry, value.v).some((other) => {
    const its = lastCovered(m, s, cpu, other.entry, false, view);
    const since = { floor: Math.max(covered.floor, its?.floor ?? 0), at: Math.max(covered.at, its?.at ?? 0) };
    const again = other.position >= m.order.latest(s, other.entry.index, since.floor);
    return again && tableReached(m, s, cpu, entry, Math.min(view, since.at), seen);
  });
}

function tableReached(m: Machine, s: Int32Array, cpu: number, entry: Entry, view: number, seen: Map<string, boolean>): boolean {
  if (entry.table === m.mmu?.root) return true;
  const to = m.setup.physical.get(entry.table);
  return m.entries.some((above) =>
    m.order.open(s, above.index, 0).some((position) => {
      const value = decode(m.setup.arch, m.auto.value(m.order.valueAt(s, above.index, position)), above.depth + 1 === m.mmu?.levels.length);
      return value.k === 'table' && value.to === to && mayHold(m, s, cpu, above, position, true, view, seen);
    }),
  );
}

interface Covered {
  /** What is older than the newest write at or below this view is gone. */
  readonly floor: number;
  /** Where the last of the invalidations stands; infinite where what is left of the tables above decides alone. */
  readonly at: number;
}

const larger = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : Math.max(a, b));

/** What the invalidations up to `view` that cover this entry mean to `cpu`, or null where none covers it. */
function lastCovered(m: Machine, s: Int32Array, cpu: number, entry: Entry, table: boolean, view: number): Covered | null {
  if (m.arch.invalidations === 'executed') {
    const fenced = (m.get(s, cpu, m.layout.FENCED) & (1 << entry.index)) !== 0;
    // What stayed behind when copies of its tables went is not fenced: see drop() in flush.ts.
    return fenced ? { floor: m.get(s, cpu, m.layout.TLB + entry.index), at: Number.POSITIVE_INFINITY } : null;
  }
  const stage2 = m.mmu?.regime === 'arm64-stage2';
  // By the ASID that the copies are under: kernel mode and user mode may have one each.
  const gone: Record<'kernel' | 'user', Covered | null> = { kernel: null, user: null };
  let combined: number | null = null;
  const stages = new BothStages();
  for (let t = 1; t <= Math.min(view, m.order.length(s)); t++) {
    const code = m.order.code(s, t);
    if (code >= 0) continue;
    const invalidation = m.invalidations[-1 - code];
    const scope = m.invalidationScope[-1 - code];
    if (!invalidation || scope === undefined || (scope >= 0 && scope !== cpu)) continue;
    const { stage } = invalidation.tlbi;
    const issued = m.order.floorOf(s, t);
    const covered = covers(invalidation, entry, table);
    if (stage2) combined = larger(combined, stages.take(invalidation.tlbi, t, issued, covered));
    if ((stage2 ? stage !== 1 : stage !== 2) && covered) {
      for (const half of ['kernel', 'user'] as const) {
        if (invalidation.half === undefined || invalidation.half === half)
          gone[half] = { floor: Math.max(gone[half]?.floor ?? 0, issued), at: t };
      }
    }
  }
  // A table is reached through stage-2 copies alone; a leaf also through copies of the whole translation.
  if (stage2 && !table) return combined === null ? null : { floor: combined, at: Number.POSITIVE_INFINITY };
  const { kernel, user } = gone;
  return kernel && user && { floor: Math.min(kernel.floor, user.floor), at: Math.min(kernel.at, user.at) };
}
