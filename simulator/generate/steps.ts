import { Components } from '../explore/components.js';
import type { Operation } from '../interp/operation.js';
import { floors, rest, rewrite } from '../machine/compact.js';
import { deliver, ownInterrupts } from '../machine/interrupts.js';
import type { Machine, Sink } from '../machine/machine.js';
import { OrderFull } from '../machine/order.js';
import { expandThread, background, operate, settle } from '../machine/step.js';
import type { Violation } from '../machine/violation.js';
import { Growing } from './growing.js';
import { NearMap } from './near-map.js';
import { PairMap } from './pair-map.js';
import type { Parts } from './parts.js';
import { ReadSets } from './read-sets.js';

/**
 * Operations that look at the shared fields and their own thread's block, and at no other thread's. The rest are done anew in each state.
 * A test watches every access of every step and holds this list against it.
 */
const LOCAL: ReadonlySet<Operation['op']> = new Set<Operation['op']>([
  'load',
  'store',
  'rmw',
  'fence',
  'fence-tso',
  'dmb',
  'dsb',
  'isb',
  'fence-i',
  'tlbi',
  'tlbie',
  'sfence',
  'lock',
  'unlock',
  'touch',
  'trap-return',
  'await',
  'resched',
  'preempt-off',
  'fail',
  'stuck',
  'end',
]);

/**
 * Whether the thread's next operation looks at nobody else's block. Cache maintenance before a barrier looks at what others fetched; who
 * may still reach a freed page stands in the order where invalidations do, unless CPUs come from other tables and go there.
 */
export const isLocal = (m: Machine, does: Operation): boolean =>
  !m.has('fetches') &&
  // Invalidations that are complete change what other CPUs hold under numbers.
  !(m.has('numbers') && does.op === 'dsb') &&
  (LOCAL.has(does.op) ||
    ((does.op === 'page-free' || does.op === 'translation-gone') && m.arch.invalidations === 'ordered' && !m.has('address-spaces')) ||
    (does.op === 'flush' && (does.issued || does.cpus === 'self')));

/** Fields of one entry of `Steps.list`. */
export const ENTRY = 5;

/** Instead of the number of the shared fields: the step leaves them as they are. */
export const STAY = -1;

/** Instead of where entries start: they are to be computed for each value of the shared fields, since a step changes them. */
const EACH = -2;

/** What an entry of `Steps.list` is; its fields stand in the order given. */
export const KIND = {
  /** A successor, by a step that used the newest of everything: shared fields (STAY: as before), thread in canonical form, as left, floors. */
  step: 0,
  /** The same, by a step that used something older. */
  stale: 1,
  /** Number of the violation. */
  violation: 2,
  /** Number of the reason. */
  stuck: 3,
  orderFull: 4,
  /** The thread's operation, which looks at other threads. */
  operate: 5,
  /** Interrupts that other threads may have sent it. */
  deliver: 6,
  /** All that the thread may do. */
  thread: 7,
} as const;

/**
 * What each thread may do where the shared fields are `g` and its own block is `t`, both numbers of parts. Pairs that show the same to the
 * steps (same block, same values of all that the steps read, same rest of the shared fields) share their entries, if no step changes the
 * shared fields.
 */
export class Steps {
  /** Per thread and pair (g, t): where its entries start in `list`, and the floors of the block there. */
  readonly pairs: readonly PairMap[];
  /** Per thread: (outline of the shared fields, block) to the number of the floors. */
  readonly floorsOf: readonly NearMap[];
  /** Per thread and block: sets of locations that its steps have read, as numbers of `reads`. */
  private readonly setsOf: readonly (number[] | undefined)[][];
  /** Per thread: (what shared fields show to the steps, block) to where the entries start, or `EACH`. */
  private readonly shared: readonly PairMap[];
  private readonly reads: ReadSets;
  /** Where the entries end, then the entries. */
  readonly list = new Growing(4096);
  /** Per thread and block: CPUs that its call by interrupt is still to be taken by. */
  readonly calls: readonly Growing[];
  readonly violations: Violation[] = [];
  readonly reasons: string[] = [];
  readonly floorVectors: Components;
  private readonly lowest: Int32Array;
  private readonly from: Int32Array;

  constructor(private readonly parts: Parts) {
    const per = <T>(make: () => T): T[] => parts.threads.map(make);
    this.pairs = per(() => new PairMap());
    this.floorsOf = per(() => new NearMap());
    this.calls = per(() => new Growing());
    this.setsOf = per(() => []);
    this.shared = per(() => new PairMap());
    this.reads = new ReadSets(parts);
    this.lowest = new Int32Array(parts.m.layout.locations + 1);
    this.from = new Int32Array(parts.m.layout.size);
    this.floorVectors = new Components(this.lowest.length);
  }

  /** Finds or computes what the thread may do in the pair. */
  newPair(thread: number, g: number, t: number): void {
    const floors = this.newFloors(thread, g, t);
    const known = this.seenBefore(thread, g, t);
    this.pairs[thread]?.add(g, t, known >= 0 ? known : this.computed(thread, g, t), floors);
  }

  /** Where the entries start that another pair has and that are those of this one too; negative: nowhere. */
  private seenBefore(thread: number, g: number, t: number): number {
    for (const set of this.setsOf[thread]?.[t] ?? []) {
      const start = this.shared[thread]?.get(this.reads.of(set, g), t) ?? -1;
      if (start !== -1) return start;
    }
    return -1;
  }

  private computed(thread: number, g: number, t: number): number {
    const { looked } = this.parts.m.order;
    looked.clear();
    const start = this.entriesOf(thread, g, t);
    const set = this.reads.number(looked);
    const sets = (this.setsOf[thread] ?? [])[t];
    if (!sets) (this.setsOf[thread] ?? [])[t] = [set];
    else if (!sets.includes(set)) sets.push(set);
    const shown = this.reads.of(set, g);
    if (this.shared[thread]?.get(shown, t) === -1) this.shared[thread].add(shown, t, this.changesShared(start) ? EACH : start);
    return start;
  }

  private changesShared(start: number): boolean {
    const { items } = this.list;
    for (let at = start + 1; at < (items[start] ?? 0); at += ENTRY)
      if ((items[at] ?? 0) <= KIND.stale && items[at + 1] !== STAY) return true;
    return false;
  }

  /** The floors of a block under shared fields `g`, for all that have the same outline. */
  newFloors(thread: number, g: number, t: number): number {
    const { parts } = this;
    const known = this.floorsOf[thread]?.get(parts.outlineOf.items[g] ?? 0, t) ?? -1;
    if (known >= 0) return known;
    const s = parts.scratch;
    parts.restoreShared(g, s);
    parts.restoreThread(thread, t, s);
    return this.floorsIn(s, thread, g, t);
  }

  /** The same where the block and the shared fields stand in `s`. */
  private floorsIn(s: Int32Array, thread: number, g: number, t: number): number {
    const outline = this.parts.outlineOf.items[g] ?? 0;
    const known = this.floorsOf[thread]?.get(outline, t) ?? -1;
    if (known >= 0) return known;
    const number = this.floorNumber(s, thread);
    this.floorsOf[thread]?.add(outline, t, number);
    return number;
  }

  private floorNumber(s: Int32Array, thread: number): number {
    const { m } = this.parts;
    // Locations that no step has named yet have no writes to forget.
    this.lowest.fill(0);
    this.lowest.fill(m.order.length(s), 0, m.locationCount);
    this.lowest[m.layout.locations] = m.order.length(s);
    floors(m, s, thread, this.lowest);
    return this.floorVectors.number(this.lowest, 0);
  }

  /** Computes the entries of a pair. Returns where they start. */
  private entriesOf(thread: number, g: number, t: number): number {
    const { parts, list } = this;
    const { m } = parts;
    const s = this.from;
    parts.restoreShared(g, s);
    parts.restoreThread(thread, t, s);
    const found: number[] = [];
    const sink = this.collector(s, thread, g, found);
    m.canonical = false;
    try {
      settle(m, s, thread, sink);
      if (thread < m.rcuThread) {
        ownInterrupts(m, s, thread, sink);
        if (m.has('wakes') && m.node(s, thread).interruptible) found.push(KIND.deliver, 0, 0, 0, 0);
      }
      background(m, s, thread, sink);
      if (isLocal(m, m.node(s, thread).request.does)) operate(m, s, thread, sink);
      else found.push(KIND.operate, 0, 0, 0, 0);
    } catch (error) {
      if (error instanceof OrderFull) found.push(KIND.orderFull, 0, 0, 0, 0);
      else if (error instanceof NotAtTheEnd) found.splice(0, found.length, KIND.thread, 0, 0, 0, 0);
      else throw error;
    } finally {
      m.canonical = true;
    }
    const start = list.length;
    list.push(start + 1 + found.length);
    for (const each of found) list.push(each);
    return start;
  }

  private collector(from: Int32Array, thread: number, g: number, found: number[]): Sink {
    const { parts } = this;
    const { m } = parts;
    return {
      next: (to, _cpu, stale) => {
        if (!extendsOrder(m, from, to)) throw new NotAtTheEnd();
        rest(m, to, thread);
        const shared = parts.sharedLike(g, to);
        const left = parts.threadOf(to, thread);
        const floor = this.floorsIn(to, thread, shared, left);
        if (m.order.length(to) > 0) rewrite(m, to, thread, null);
        found.push(stale ? KIND.stale : KIND.step, shared === g ? STAY : shared, parts.threadLike(left, to, thread), left, floor);
      },
      violation: (_cpu, violation) => {
        this.violations.push(violation);
        found.push(KIND.violation, this.violations.length - 1, 0, 0, 0);
      },
      stuck: (why) => {
        this.reasons.push(why);
        found.push(KIND.stuck, this.reasons.length - 1, 0, 0, 0);
      },
    };
  }

  /** CPUs that a block's call by interrupt is still to be taken by, as a mask. */
  callsOf(thread: number, t: number): number {
    const known = this.calls[thread];
    if (!known) return 0;
    const { m } = this.parts;
    while (known.length <= t) {
      this.parts.restoreThread(thread, known.length, this.parts.scratch);
      known.push(m.get(this.parts.scratch, thread, m.layout.IPI_MASK));
    }
    return known.items[t] ?? 0;
  }

  /** What a thread does in a full state, as the interpreted search does it. */
  anew(kind: number, s: Int32Array, thread: number, sink: Sink): void {
    const { m } = this.parts;
    if (kind === KIND.deliver) deliver(m, s, thread, sink);
    else if (kind === KIND.operate) operate(m, s, thread, sink);
    else expandThread(m, s, thread, sink);
  }

  get bytes(): number {
    const all = [...this.floorsOf, ...this.calls, ...this.pairs, this.list, this.floorVectors];
    return all.reduce((sum, each) => sum + each.bytes, 0);
  }
}

/** Thrown where a step changes what the order had before it: other threads' blocks may change with it. */
class NotAtTheEnd extends Error {}

/** Steps add to the end of the order: what other threads have in canonical form stays so. */
function extendsOrder(m: Machine, from: Int32Array, to: Int32Array): boolean {
  const { LEN, ORDER } = m.layout;
  const length = from[LEN] ?? 0;
  if ((to[LEN] ?? 0) < length) return false;
  for (let i = ORDER; i < ORDER + 2 * length; i++) if (from[i] !== to[i]) return false;
  return true;
}
