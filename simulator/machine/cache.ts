import type { Operation, Request } from '../interp/operation.js';
import { line } from './line.js';
import { MAX_PENDING_TLBI } from './layout.js';
import type { Machine, Sink } from './machine.js';
import { places, put } from './promises.js';

/**
 * A cache maintenance operation as an entry of the order. Lines hold one location each: hardware's are longer, so that one operation may
 * do more than is asked for, which nobody may rely on.
 */
export type CacheOperation =
  /** DC CVAU: what the line held is where instruction caches fill from. */
  | { readonly k: 'dc'; readonly loc: number }
  /** IC IVAU or, with `loc` null, all of the cache; on one CPU, or (null) on all. */
  | { readonly k: 'ic'; readonly loc: number | null; readonly cpu: number | null }
  /** No operation of hardware: from here on some CPU relies on nobody executing what it knows to have been replaced. */
  | { readonly k: 'gone'; readonly loc: number };

type Of<K extends Operation['op']> = Extract<Operation, { op: K }>;

/** View of what a cache maintenance operation comes after, on its CPU: DSB, ISB, its address, and every fetch (Simner et al. 2020). */
function viewOf(m: Machine, s: Int32Array, cpu: number, request: Request): number {
  const at = m.layout;
  return Math.max(m.get(s, cpu, at.DSB), m.get(s, cpu, at.ISB), m.get(s, cpu, at.FETCHED), m.slots(s, cpu, request.addr));
}

/**
 * DC CVAU: issued now. It comes after older accesses to its line and full DMBs as well. It has covered all that stands before it in the
 * order.
 */
export function dc(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'dc'>, sink: Sink): void {
  m.need('fetches');
  const at = m.layout;
  const loc = m.location(does.loc);
  if (m.get(s, cpu, at.PEND_LOC) === loc + 1) return;
  const view = Math.max(viewOf(m, s, cpu, request), m.get(s, cpu, at.DMB), m.get(s, cpu, at.COH + loc));
  issue(m, s, cpu, request, { k: 'dc', loc }, view, `DC CVAU of ${does.loc}`, sink);
}

/** IC IVAU and its like: issued now, complete with the next full DSB of this CPU; without one it does nothing that can be relied on. */
export function ic(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'ic'>, sink: Sink): void {
  m.need('fetches');
  const loc = does.loc === null ? null : m.location(does.loc);
  const what: CacheOperation = { k: 'ic', loc, cpu: does.local ? cpu : null };
  issue(m, s, cpu, request, what, viewOf(m, s, cpu, request), does.loc === null ? 'IC of all text' : `IC IVAU of ${does.loc}`, sink);
}

function issue(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  what: CacheOperation,
  view: number,
  name: string,
  sink: Sink,
): void {
  const at = m.layout;
  let free = 0;
  while (free < MAX_PENDING_TLBI && m.get(s, cpu, at.TLBI + free) !== 0) free++;
  if (free === MAX_PENDING_TLBI) {
    sink.stuck(`more than ${String(MAX_PENDING_TLBI)} maintenance operations without a DSB`);
    return;
  }
  const t = m.begin(s, cpu);
  m.set(t, cpu, at.TLBI + free, m.cacheOperation(what, cpu) + 1);
  m.set(t, cpu, at.TLBI_VIEW + free, view);
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => name),
  );
}

/** A scenario's way to say that old text is relied on to be gone. */
export function textGone(m: Machine, s: Int32Array, cpu: number, request: Request, does: Of<'text-gone'>, sink: Sink): void {
  m.need('fetches');
  if (m.promises) {
    sink.stuck('text that is gone, in a litmus test');
    return;
  }
  const t = m.begin(s, cpu);
  const code = -1 - m.cacheOperation({ k: 'gone', loc: m.location(does.loc) }, cpu);
  m.order.append(t, code, m.known(t, cpu));
  m.move(t, cpu);
  sink.next(
    t,
    cpu,
    false,
    line(m, request, () => `relies on the old text of ${does.loc} being gone`),
  );
}

/**
 * Maintenance operations take their place in the order before the operation that waits for them: a full DSB; for DC also a full DMB and
 * the next access to its line. True where that was this step.
 */
export function maintainFirst(m: Machine, s: Int32Array, cpu: number, does: Operation, sink: Sink): boolean {
  const at = m.layout;
  for (let slot = 0; slot < MAX_PENDING_TLBI; slot++) {
    const pending = m.get(s, cpu, at.TLBI + slot);
    const what = pending === 0 ? undefined : m.caches.get(pending - 1);
    if (!what || !waitsFor(m, does, what)) continue;
    const issued = m.get(s, cpu, at.TLBI_VIEW + slot);
    const write = { code: -pending, value: at.exact || what.k === 'dc' ? 0 : reach(m, s, cpu, issued) };
    for (const place of places(m, s, cpu, write, issued, Number.POSITIVE_INFINITY)) {
      const t = m.copy(s);
      const position = put(m, t, cpu, write, place);
      m.set(t, cpu, at.TLBI + slot, 0);
      m.set(t, cpu, at.TLBI_VIEW + slot, 0);
      m.raise(t, cpu, at.VM, position);
      if (does.op === 'dmb') {
        for (const field of [at.RN, at.FN, at.DMB]) m.raise(t, cpu, field, position);
        if (at.exact) m.raise(t, cpu, at.WN, position);
      } else if (does.op !== 'dsb' && what.k === 'dc') m.raise(t, cpu, at.COH + what.loc, position);
      m.goTo(t, cpu, m.node(t, cpu).id);
      sink.next(t, cpu, false, m.explain ? `[${show(m, what)}]` : '');
    }
    return true;
  }
  return false;
}

function waitsFor(m: Machine, does: Operation, what: CacheOperation): boolean {
  if (does.op === 'dsb') return does.of === 'full';
  if (what.k !== 'dc') return false;
  if (does.op === 'dmb') return does.of === 'full';
  const accesses = does.op === 'load' || does.op === 'store' || does.op === 'rmw' || does.op === 'store-exclusive' || does.op === 'dc';
  return accesses && does.loc === m.locationName(what.loc);
}

/**
 * An IC is done at some moment between its issue and its DSB. Where the order is chosen beforehand, its place is that moment; where it
 * grows as CPUs run, the earliest moment is kept beside the entry: after what the issuer knew, and after every fetch that was made so far.
 */
function reach(m: Machine, s: Int32Array, cpu: number, issued: number): number {
  let view = issued;
  for (let other = 0; other < m.rcuThread; other++) if (other !== cpu) view = Math.max(view, m.get(s, other, m.layout.FETCHED));
  return view;
}

function show(m: Machine, what: CacheOperation): string {
  if (what.k === 'dc') return `${m.locationName(what.loc)} is clean to where instruction caches fill from`;
  if (what.k === 'gone') return `the old text of ${m.locationName(what.loc)} is relied on to be gone`;
  const where = what.cpu === null ? 'all CPUs' : m.cpuName(what.cpu);
  return `${what.loc === null ? 'all text' : m.locationName(what.loc)} is out of the instruction caches of ${where}`;
}
