import type { Operation, Request } from '../interp/operation.js';
import type { CacheOperation } from './cache.js';
import { hasFetchModel } from './fetch-model.js';
import { isGone, staleInstruction } from './invariants/stale-instruction.js';
import { line } from './line.js';
import type { Machine, Sink } from './machine.js';
import { remoteFences } from './riscv/fences.js';

/**
 * Instruction fetch: any value from the fetch floor on, back and forth. Hardware may fetch early and keep what it fetched; that takes no
 * steps, as with translations: a fetch may use what it might have been given.
 */
export function fetch(
  m: Machine,
  s: Int32Array,
  cpu: number,
  request: Request,
  does: Extract<Operation, { op: 'fetch' }>,
  sink: Sink,
): void {
  if (!hasFetchModel(m.setup.arch)) {
    sink.stuck(`instruction fetch of ${m.setup.arch} is not modelled`);
    return;
  }
  m.need('fetches');
  const at = m.layout;
  const loc = m.location(does.loc);
  if (m.isFreed(s, does.loc)) {
    const text = line(m, request, () => `executes ${does.loc} in a freed page`);
    sink.violation(cpu, staleInstruction(m, cpu, does.loc, 'freed'), text);
    return;
  }
  const newest = m.order.latest(s, loc, m.order.length(s));
  for (const { position, post } of fetchable(m, s, cpu, loc)) {
    const stale = position !== newest;
    if (isGone(m, s, loc, position)) {
      const text = line(m, request, () => `executes old text of ${does.loc}`);
      sink.violation(cpu, staleInstruction(m, cpu, does.loc, 'patched'), text);
      continue;
    }
    const t = m.begin(s, cpu);
    m.raise(t, cpu, at.FETCHED, post);
    m.set(t, cpu, at.OWN_FETCH, post);
    if (m.fetches.before.reads) m.raise(t, cpu, at.FN, post);
    // Each load comes after what older ones have read, and what they were fetched from.
    if (m.arch.memory === 'total-store') m.raise(t, cpu, at.RN, post);
    m.raise(t, cpu, at.VM, post);
    m.moveWith(t, cpu, m.order.valueAt(s, loc, position));
    sink.next(
      t,
      cpu,
      stale,
      line(m, request, () => `executes ${stale ? 'old' : 'new'} text of ${does.loc}`),
    );
  }
  guess(m, s, cpu, does, sink);
}

/** A serializing instruction of x86 has ended: instructions behind it are fetched anew (Intel SDM vol. 3, "Serializing Instructions"). */
export function serialised(m: Machine, t: Int32Array, cpu: number): void {
  if (m.has('fetches')) m.raise(t, cpu, m.layout.FETCH, m.known(t, cpu));
}

/** View of the fetches that an access comes after: its own, and older ones where the model says so (`all`). */
export function fetchedBefore(m: Machine, s: Int32Array, cpu: number, request: Request, all: boolean): number {
  const at = m.layout;
  // No fetch, and so no access, of riscv comes before what the last fence.i waited for.
  const floor = m.setup.arch === 'riscv' ? m.get(s, cpu, at.FETCH) : 0;
  return Math.max(floor, all ? m.get(s, cpu, at.FETCHED) : 0, request.fetched ? m.get(s, cpu, at.OWN_FETCH) : 0);
}

/**
 * A fetch that no later access waits for may be given what is not written yet: another CPU writes it because of what this CPU does
 * meanwhile. While it is being found out what could be written next, a thread therefore goes on as with each instruction that may ever
 * stand there; what it ends in that way is not looked at.
 */
function guess(m: Machine, s: Int32Array, cpu: number, does: Extract<Operation, { op: 'fetch' }>, sink: Sink): void {
  if (m.promises?.appends !== true || m.fetches.before.writes) return;
  const at = m.layout;
  const end = m.order.length(s);
  const guessed = m.get(s, cpu, at.GUESSED);
  // Once a location: a guess that leads back to itself would never come to an end.
  const mark = 1 << m.location(does.loc);
  if ((guessed & mark) !== 0) return;
  for (const value of does.may) {
    const t = m.begin(s, cpu);
    m.set(t, cpu, at.GUESSED, guessed | mark);
    m.raise(t, cpu, at.FETCHED, end);
    m.set(t, cpu, at.OWN_FETCH, end);
    m.moveWith(t, cpu, m.auto.valueId(value));
    sink.next(t, cpu, false, '');
  }
}

interface Fetchable {
  /** The write whose value is fetched; 0 for the first value. */
  readonly position: number;
  /** View of what comes after this fetch. */
  readonly post: number;
}

/** Every write that `cpu` may fetch now from `loc`. */
function fetchable(m: Machine, s: Int32Array, cpu: number, loc: number): Fetchable[] {
  const at = m.layout;
  const { needs, inOrder } = m.fetches;
  const earlier = m.get(s, cpu, at.FETCHED);
  const pre = Math.max(m.get(s, cpu, at.FETCH), inOrder ? earlier : 0);
  const floor = needs === 'coherent' ? m.order.latest(s, loc, pre) : needs === 'clean' ? cleanedBy(m, s, loc, pre) : 0;
  const invalidations = needs === 'invalidate' || needs === 'clean-invalidate' ? invalidationsOf(m, s, cpu, loc) : [];
  const remote = remoteFences(m, s, cpu, 'fetches');
  const found: Fetchable[] = [];
  for (const position of m.order.open(s, loc, floor)) {
    const post = Math.max(pre, m.order.viewOf(s, loc, position));
    // A hart that has done something after a remote fence.i fetches no text from before it.
    if (remote.some((fence) => position < m.order.latest(s, loc, fence.view) && Math.max(post, m.get(s, cpu, at.VM)) >= fence.at)) continue;
    // A fetch of text that an invalidation has done away with comes before that invalidation, and so does every older fetch of the CPU:
    // never the old text again once anything written after the invalidation was fetched.
    if (invalidations.some(({ newest, view }) => position < newest && Math.max(post, earlier) > view)) continue;
    found.push({ position, post });
  }
  return found;
}

/** The newest write to `loc` that a DC CVAU at or below `view` has cleaned. */
function cleanedBy(m: Machine, s: Int32Array, loc: number, view: number): number {
  for (let t = view; t > 0; t--) {
    const done = cacheOperation(m, s, t);
    if (done?.k === 'dc' && done.loc === loc) return m.order.latest(s, loc, t);
  }
  return 0;
}

/** Completed ICs of `loc` that reach `cpu`: when each was done, and the newest write that it made way for. */
function invalidationsOf(m: Machine, s: Int32Array, cpu: number, loc: number): { readonly view: number; readonly newest: number }[] {
  const found: { readonly view: number; readonly newest: number }[] = [];
  for (let t = m.order.length(s); t > 0; t--) {
    const done = cacheOperation(m, s, t);
    if (done?.k !== 'ic' || (done.loc !== null && done.loc !== loc) || (done.cpu !== null && done.cpu !== cpu)) continue;
    const view = m.layout.exact ? t - 1 : m.order.floorOf(s, t);
    // What was not cleaned before is filled again from below, old.
    const newest = m.fetches.needs === 'invalidate' ? m.order.latest(s, loc, view) : cleanedBy(m, s, loc, view);
    if (newest > 0) found.push({ view, newest });
  }
  return found;
}

function cacheOperation(m: Machine, s: Int32Array, position: number): CacheOperation | undefined {
  const code = m.order.code(s, position);
  return code < 0 ? m.caches.get(-1 - code) : undefined;
}
