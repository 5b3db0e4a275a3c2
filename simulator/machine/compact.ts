import type { Layout } from './layout.js';
import type { Machine } from './machine.js';

/**
 * Canonical form: forgets writes that no CPU can read any more and renumbers the rest, so that states which differ only in history that
 * nobody can see are one. Without it a loop that writes would never come back to a state.
 *
 * It is made of parts that each look at the shared fields and at one thread, so that a search may do each part once: what a thread can
 * still read (`rest`, `floors`), what nobody can (`fold`), and what that makes of a thread (`rewrite`).
 */
export function compact(m: Machine, s: Int32Array): void {
  const { layout: at } = m;
  for (let thread = 0; thread < at.threads; thread++) rest(m, s, thread);
  if (m.order.length(s) === 0) return;
  const lowest = new Int32Array(at.locations + 1).fill(m.order.length(s));
  for (let thread = 0; thread < at.threads; thread++) floors(m, s, thread, lowest);
  const to = fold(m, s, lowest);
  for (let thread = 0; thread < at.threads; thread++) rewrite(m, s, thread, to);
}

/**
 * Lowers `lowest` to what this thread can still read: for each location the position of the oldest write it may read, and after the
 * locations the view that it is sure to have. Looks at the shared fields and the thread's own.
 */
export function floors(m: Machine, s: Int32Array, thread: number, lowest: Int32Array): void {
  const { layout: at, order } = m;
  const lower = (index: number, to: number): void => {
    if (to < (lowest[index] ?? 0)) lowest[index] = to;
  };
  const ended = m.ended(s, thread);
  const reads = thread === m.rcuThread ? callbacks(m, s) : !ended || m.delayed(s, thread);
  for (let loc = 0; loc < m.locationCount; loc++) {
    const entry = loc < m.entries.length;
    // Walks and fetches that are bound by invalidations in the order, not by floors a CPU: their history has to stay.
    if (m.arch.invalidations === 'ordered' && (entry || (m.has('fetches') && m.fetches.needs !== 'coherent'))) {
      lower(loc, 0);
      continue;
    }
    lower(loc, order.latest(s, loc, order.length(s)));
    if (entry && thread < m.rcuThread) lower(loc, order.latest(s, loc, m.get(s, thread, at.TLB + loc)));
    if (!reads) continue;
    const view = Math.max(m.get(s, thread, at.RN), m.get(s, thread, at.ISB), m.get(s, thread, at.COH + loc));
    lower(loc, order.latest(s, loc, m.has('fetches') ? Math.min(view, m.get(s, thread, at.FETCH)) : view));
  }
  if (!ended || m.has('wakes')) lower(at.locations, Math.max(m.get(s, thread, at.RN), m.get(s, thread, at.ISB)));
}

const callbacks = (m: Machine, s: Int32Array): boolean =>
  !m.ended(s, m.rcuThread) || m.delayed(s, m.rcuThread) || callbacksWait(m.layout, s);

/** Whether grace periods are under way. */
export const callbacksWait = (at: Layout, s: Int32Array): boolean => [0, 1, 2].some((i) => (s[at.CB_DESC + i] ?? 0) !== 0);

/**
 * Forgets the writes below `lowest`, in the shared fields. Returns where each position went, or null where all stay: that is for
 * `rewrite` to do to each thread.
 */
export function fold(m: Machine, s: Int32Array, lowest: Int32Array): Uint8Array | null {
  const { layout: at, order } = m;
  const dropped = new Uint8Array(order.length(s) + 1);
  let any = false;
  for (let loc = 0; loc < m.locationCount; loc++) {
    const floor = lowest[loc] ?? 0;
    if (floor === 0) continue;
    order.setBase(s, loc, order.valueAt(s, loc, floor));
    s[at.BASE_VIEW + loc] = floor;
    for (let i = floor; i > 0; i--) {
      if (order.code(s, i) === loc) {
        dropped[i] = 1;
        any = true;
      }
    }
  }
  const to = any ? renumber(m, s, dropped) : null;
  // A base's view says nothing more once every CPU that still runs knows as much.
  const sure = lowest[at.locations] ?? 0;
  const least = to?.[sure] ?? sure;
  for (let loc = 0; loc < m.locationCount; loc++) if ((s[at.BASE_VIEW + loc] ?? 0) <= least) s[at.BASE_VIEW + loc] = 0;
  return to;
}

/** Puts a thread's fields in order after `fold`. */
export function rewrite(m: Machine, s: Int32Array, thread: number, to: Uint8Array | null): void {
  const { layout: at } = m;
  if (to) {
    const block = at.at(thread);
    for (const field of m.viewFields) s[block + field] = to[s[block + field] ?? 0] ?? 0;
    // Stands one above the position, so that 0 can mean "none".
    const pending = s[block + at.PEND_READ] ?? 0;
    if (pending > 0) s[block + at.PEND_READ] = (to[pending - 1] ?? 0) + 1;
  }
  if (m.arch.invalidations === 'executed' && !at.exact) round(m, s, thread);
}

/**
 * Rounds views down to the last write that can matter to their CPU. Without invalidations in the order a view only says what later reads and walks of the CPU may
 * see; where CPUs hand views to each other (locks, interrupts, grace periods), every location matters.
 */
function round(m: Machine, s: Int32Array, thread: number): void {
  const { layout: at, order } = m;
  const length = order.length(s);
  const down = new Uint8Array(length + 1);
  const walked = new Uint8Array(length + 1);
  const handed = m.has('hands-views');
  const block = at.at(thread);
  for (let i = 1; i <= length; i++) {
    const code = order.code(s, i);
    walked[i] = code < m.entries.length ? i : (walked[i - 1] ?? 0);
    down[i] = handed || m.matters(code, thread) ? i : (down[i - 1] ?? 0);
  }
  for (const field of [at.FN, at.CTRL, at.CAP, at.VM]) s[block + field] = 0;
  if (!m.has('partial-fences'))
    s[block + at.VR] = s[block + at.VW] = Math.max(s[block + at.VR] ?? 0, s[block + at.VW] ?? 0, s[block + at.RN] ?? 0);
  for (const field of [at.RN, at.VR, at.VW]) s[block + field] = down[s[block + field] ?? 0] ?? 0;
  s[block + at.FRESH] = walked[s[block + at.FRESH] ?? 0] ?? 0;
  for (let i = 0; i < at.slots; i++) s[block + at.SLOT + i] = down[s[block + at.SLOT + i] ?? 0] ?? 0;
  const total = m.arch.memory === 'total-store';
  for (let loc = 0; loc < m.locationCount; loc++) {
    const known = s[block + at.COH + loc] ?? 0;
    // An own store that was folded into the base is still one that later loads may lag behind.
    s[block + at.COH + loc] = order.latest(s, loc, known) || (total ? Math.min(known, s[at.BASE_VIEW + loc] ?? 0) : 0);
  }
  for (let entry = 0; entry < at.entries; entry++) s[block + at.TLB + entry] = order.latest(s, entry, s[block + at.TLB + entry] ?? 0);
}

/** A CPU at rest reads nothing more: only what its hardware may hold of the page tables still matters. */
export function rest(m: Machine, s: Int32Array, thread: number): void {
  // A CPU that an interrupt may still wake keeps what it has seen.
  if (m.has('wakes') || !m.ended(s, thread) || m.delayed(s, thread)) return;
  const { layout: at } = m;
  const block = at.at(thread);
  // A grace period that begins later learns what it knew.
  const knew = m.has('grace-periods') ? m.known(s, thread) : 0;
  // Who frees a page asks what stands before the walks that this CPU's hardware has yet to make; see reach.ts.
  const synchronised = m.has('address-spaces') && m.arch.invalidations === 'ordered' ? (s[block + at.ISB] ?? 0) : 0;
  for (let field = at.RN; field < at.IPI_DESC; field++) s[block + field] = 0;
  s[block + at.RN] = knew;
  s[block + at.ISB] = synchronised;
  s[block + at.PEND_DEPS] = 0;
  s[block + at.REL] = s[block + at.OWN_FETCH] = s[block + at.DMB] = 0;
  // An IC that is still under way comes after the fetches that were made without it.
  if (m.fetches.needs === 'coherent' || m.fetches.needs === 'clean') s[block + at.FETCHED] = 0;
  for (let field = at.TLBI; field < at.TLB; field++) s[block + field] = 0;
}

function renumber(m: Machine, s: Int32Array, dropped: Uint8Array): Uint8Array {
  const { layout: at, order } = m;
  const length = order.length(s);
  const to = new Uint8Array(length + 1);
  let kept = 0;
  for (let i = 1; i <= length; i++) {
    if (dropped[i] === 0) {
      kept++;
      s[at.ORDER + 2 * kept - 2] = order.code(s, i);
      s[at.ORDER + 2 * kept - 1] = order.floorOf(s, i);
    }
    to[i] = kept;
  }
  s.fill(0, at.ORDER + 2 * kept, at.ORDER + 2 * length);
  s[at.LEN] = kept;
  const map = (index: number): void => {
    s[index] = to[s[index] ?? 0] ?? 0;
  };
  for (let i = 1; i <= kept; i++) if (order.code(s, i) < 0) map(at.ORDER + 2 * i - 1);
  for (let loc = 0; loc < m.locationCount; loc++) map(at.BASE_VIEW + loc);
  for (let i = 0; i < at.LOCK_VIEW - at.LOCK_HOLDER; i++) map(at.LOCK_VIEW + i);
  for (let i = 0; i < at.CB_OWED - at.CB_DESC; i++) map(at.CB_VIEW + i);
  return to;
}
