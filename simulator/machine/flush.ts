import type { FlushScope, Operation, Request } from '../interp/operation.js';
import { int } from '../interp/value.js';
import { invalidated } from './arch/s390.js';
import { isGlobal } from './arch/x86.js';
import { serialised } from './fetch.js';
import { line } from './line.js';
import { MAX_PENDING_TLBI } from './layout.js';
import type { Machine, Sink } from './machine.js';
import { decode, type Entry } from './mmu.js';
import { orderLater } from './read.js';
import { showAt } from './show.js';

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

/** Whether a copy of `entry` goes that was made of `value`; what is invalid has no copies (x86, s390). */
type Goes = (entry: Entry, value: bigint) => boolean;

/**
 * Drops the copies that `cpu` holds of what `goes`: stores at or below `view` come before its later walks. An entry's floor can only say that
 * everything older is gone, so a copy that stays keeps those of later values, too: weaker than hardware where global and other leaves
 * have stood in one entry.
 *
 * What stays behind while copies of the tables above it go needs no walk any more: it is not FENCED, however unreachable its table becomes.
 */
function drop(m: Machine, t: Int32Array, cpu: number, view: number, goes: Goes): void {
  const at = m.layout;
  const reached = tablesReached(m, t, cpu);
  for (const entry of m.entries) {
    const last = entry.depth + 1 === m.mmu?.levels.length;
    const newest = m.order.latest(t, entry.index, view);
    const stays = m.order.open(t, entry.index, m.get(t, cpu, at.TLB + entry.index)).find((position) => {
      if (position > newest) return false;
      const value = m.auto.value(m.order.valueAt(t, entry.index, position));
      return value.k === 'int' && decode(m.setup.arch, value, last).k !== 'invalid' && !goes(entry, value.v);
    });
    m.raise(t, cpu, at.TLB + entry.index, stays ?? view);
    const bit = 1 << entry.index;
    if (stays === undefined) m.set(t, cpu, at.FENCED, m.get(t, cpu, at.FENCED) | bit);
    else if (reached.has(entry.table)) m.set(t, cpu, at.FENCED, m.get(t, cpu, at.FENCED) & ~bit);
  }
}

/** Tables that this CPU's hardware may walk into now. */
function tablesReached(m: Machine, s: Int32Array, cpu: number): ReadonlySet<string> {
  const reached = new Set<string>(m.mmu ? [m.mmu.root] : []);
  for (let more = true; more; ) {
    more = false;
    for (const entry of m.entries) {
      const fenced = (m.get(s, cpu, m.layout.FENCED) & (1 << entry.index)) !== 0;
      if (fenced && !reached.has(entry.table)) continue;
      for (const position of m.order.open(s, entry.index, m.get(s, cpu, m.layout.TLB + entry.index))) {
        const value = decode(
          m.setup.arch,
          m.auto.value(m.order.valueAt(s, entry.index, position)),
          entry.depth + 1 === m.mmu?.levels.length,
        );
        const below = value.k === 'table' ? m.pages.find((page) => m.setup.physical.get(page) === value.to) : undefined;
        if (below === undefined || reached.has(below)) continue;
        reached.add(below);
        more = true;
      }
    }
  }
  return reached;
}

function inScope(m: Machine, scope: FlushScope): Goes {
  return (entry, value) => {
    const last = entry.depth + 1 === m.mmu?.levels.length;
    if (decode(m.setup.arch, int(value), last).k === 'table') return scope.tables;
    const inRange = scope.from === null || scope.to === null || (entry.from < scope.to && entry.from + entry.size > scope.from);
    return inRange && (scope.globals || m.setup.arch !== 'x86' || !isGlobal(value));
  };
}

export const EVERYTHING: FlushScope = { from: null, to: null, tables: true, globals: true };

/** What a write of CR3 drops. */
export const EVERYTHING_BUT_GLOBAL: FlushScope = { from: null, to: null, tables: true, globals: false };

/** Drops copies that `cpu` holds, of stores at or below `view`. */
export const dropOwn = (m: Machine, t: Int32Array, cpu: number, view: number, scope: FlushScope): void => {
  drop(m, t, cpu, view, inScope(m, scope));
};

const everyCpu = (m: Machine): number[] => [...Array(m.rcuThread).keys()];

function describe(scope: FlushScope): string {
  if (scope.from === null) return scope.globals ? 'all translations' : 'all translations that are not global';
  return `the translation of 0x${scope.from.toString(16)}`;
}

/**
 * x86 INVLPG, INVPCID, writes of CR3; s390 PTLB and clearing by ASCE. The instruction serialises: later accesses of this CPU come after its
 * older ones. INVLPGB only begins here; it covers what its CPU's loads, barriers and atomics had made sure of.
 */
export function flush(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'flush'>, sink: Sink): void {
  const at = m.layout;
  const t = m.begin(s, cpu);
  if (does.issued) {
    let free = 0;
    while (free < MAX_PENDING_TLBI && m.get(t, cpu, at.TLBI + free) !== 0) free++;
    if (free === MAX_PENDING_TLBI) {
      sink.stuck(`more than ${String(MAX_PENDING_TLBI)} invalidations without a tlbsync`);
      return;
    }
    m.set(t, cpu, at.TLBI + free, m.flushScope(does.scope));
    m.set(t, cpu, at.TLBI_VIEW + free, m.get(t, cpu, at.RN));
  } else {
    const view = m.known(t, cpu);
    orderLater(m, t, cpu, view);
    if (m.setup.arch === 'x86') serialised(m, t, cpu);
    for (const target of does.cpus === 'all' ? everyCpu(m) : [cpu]) drop(m, t, target, view, inScope(m, does.scope));
  }
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(
      m,
      request,
      () => `${does.issued ? 'begins to drop' : 'drops'} ${describe(does.scope)}${does.cpus === 'all' ? ' on all CPUs' : ''}`,
    ),
  );
}

/** x86 TLBSYNC: the INVLPGBs that this CPU has issued are done on all CPUs (AMD APM vol. 3, "TLBSYNC"). */
export function finishFlushes(m: Machine, s: Int32Array, cpu: number, request: Request, sink: Sink): void {
  const at = m.layout;
  const t = m.begin(s, cpu);
  for (let i = 0; i < MAX_PENDING_TLBI; i++) {
    const scope = m.scopes[m.get(t, cpu, at.TLBI + i) - 1];
    if (!scope) continue;
    for (const target of everyCpu(m)) drop(m, t, target, m.get(t, cpu, at.TLBI_VIEW + i), inScope(m, scope));
    m.set(t, cpu, at.TLBI + i, 0);
    m.set(t, cpu, at.TLBI_VIEW + i, 0);
  }
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => 'what was issued is dropped on all CPUs'),
  );
}

/**
 * s390 IPTE and IDTE: the entry is marked invalid, and copies of it and of what it leads to are gone, from all CPUs, when the instruction has
 * ended (z/Architecture Principles of Operation, "INVALIDATE PAGE TABLE ENTRY", "INVALIDATE DAT TABLE ENTRY").
 */
export function invalidateEntry(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'invalidate-entry'>, sink: Sink): void {
  if (m.layout.exact) {
    sink.stuck(`${does.name}() in a litmus test is not modelled`);
    return;
  }
  const t = m.begin(s, cpu);
  const hit: Entry[] = [];
  for (const loc of does.locs) {
    const index = m.location(loc);
    const entry = m.entries[index];
    const old = m.auto.value(m.order.valueAt(t, index, m.order.latest(t, index, m.order.length(t))));
    if (!entry || old.k !== 'int') {
      sink.stuck(`${does.name}() of ${loc}, which is no table entry of the scenario`);
      return;
    }
    hit.push(entry);
    const position = m.order.append(t, index, m.auto.valueId(int(invalidated(old.v, does.level))));
    for (const field of [m.layout.COH + index, m.layout.VW, m.layout.VM]) m.raise(t, cpu, field, position);
  }
  const view = m.known(t, cpu);
  orderLater(m, t, cpu, view);
  const below = (entry: Entry): boolean =>
    hit.some((each) => each === entry || (entry.depth > each.depth && entry.from >= each.from && entry.from < each.from + each.size));
  for (const target of does.cpus === 'all' ? everyCpu(m) : [cpu]) drop(m, t, target, view, below);
  m.move(t, cpu);
  const where = does.cpus === 'all' ? 'all CPUs' : 'this CPU';
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => `marks ${does.locs.join(', ')} invalid and drops copies on ${where}`),
  );
}

/** s390 CSP, CSPG: where the values are equal, stores and purges the TLBs of all CPUs. It serialises either way. */
export function compareAndPurge(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'csp'>, sink: Sink): void {
  const at = m.layout;
  if (at.exact) {
    sink.stuck(`${does.name}() in a litmus test is not modelled`);
    return;
  }
  const t = m.begin(s, cpu);
  const loc = m.location(does.loc);
  const number = m.order.valueAt(t, loc, m.order.latest(t, loc, m.order.length(t)));
  const old = m.auto.value(number);
  const swaps = number === m.auto.valueId(does.expected);
  if (swaps) {
    const position = m.order.append(t, loc, m.auto.valueId(does.operand));
    for (const field of [at.COH + loc, at.VW, at.VM]) m.raise(t, cpu, field, position);
  }
  const view = Math.max(m.known(t, cpu), m.order.latest(t, loc, m.order.length(t)));
  orderLater(m, t, cpu, view);
  if (swaps) for (const target of everyCpu(m)) drop(m, t, target, view, () => true);
  m.moveWith(t, cpu, number);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () =>
      swaps
        ? `${does.loc}: ${showAt(m, loc, old)} -> ${showAt(m, loc, does.operand)}; all CPUs drop all translations`
        : `${does.loc} is ${showAt(m, loc, old)}, left alone`,
    ),
  );
}
