import { type Event, type Fence, type Trace } from './event.js';
import { EventSet, Relation } from './relation.js';

/** An event of a thread that relations speak of. */
export interface Node {
  readonly thread: number;
  /** Its place in the thread's trace. */
  readonly index: number;
  readonly event: Event;
}

/**
 * One run of each thread, side by side: all that does not hang on who read from whom. First values are no events: no order leads to them,
 * so none that goes round a cycle passes through them.
 */
export class Skeleton {
  /** Program order. */
  readonly po: Relation;
  /** Two events of one thread. */
  readonly internal: Relation;
  readonly sameLocation: Relation;
  readonly reads: EventSet;
  readonly writes: EventSet;
  readonly memory: EventSet;
  readonly plain: EventSet;
  readonly marked: EventSet;
  /** From the read of an atomic to its write. */
  readonly rmw: Relation;
  /** Dependencies as the program has them. */
  readonly addr: Relation;
  readonly data: Relation;
  readonly ctrl: Relation;

  constructor(
    readonly traces: readonly Trace[],
    readonly nodes: readonly Node[],
  ) {
    const size = nodes.length;
    const numbers = traces.map(() => new Map<number, number>());
    nodes.forEach((node, i) => numbers[node.thread]?.set(node.index, i));
    this.internal = Relation.of(size, (a, b) => nodes[a]?.thread === nodes[b]?.thread);
    this.po = Relation.of(size, (a, b) => a < b && nodes[a]?.thread === nodes[b]?.thread);
    this.sameLocation = Relation.of(size, (a, b) => {
      const loc = this.locationAt(a);
      return loc !== null && loc === this.locationAt(b);
    });
    this.reads = this.where((event) => event.k === 'read');
    this.writes = this.where((event) => event.k === 'write');
    this.memory = this.reads.or(this.writes);
    this.plain = this.where((event) => (event.k === 'read' || event.k === 'write') && event.order === 'plain');
    this.marked = this.plain.not();
    this.rmw = new Relation(size);
    this.addr = new Relation(size);
    this.data = new Relation(size);
    this.ctrl = new Relation(size);
    const readsOf = traces.map((trace) => trace.events.flatMap((event, index) => (event.k === 'read' ? [index] : [])));
    nodes.forEach(({ thread, event }, i) => {
      if (event.k !== 'read' && event.k !== 'write') return;
      if (event.k === 'write' && event.readBy !== null) this.rmw.add(numbers[thread]?.get(event.readBy) ?? i, i);
      readsOf[thread]?.forEach((index, bit) => {
        const from = numbers[thread]?.get(index) ?? i;
        if (((event.deps.addr >>> bit) & 1) === 1) this.addr.add(from, i);
        if (((event.deps.data >>> bit) & 1) === 1) this.data.add(from, i);
        if (((event.deps.ctrl >>> bit) & 1) === 1) this.ctrl.add(from, i);
      });
    });
  }

  get size(): number {
    return this.nodes.length;
  }

  where(is: (event: Event) => boolean): EventSet {
    return EventSet.of(this.nodes.length, (i) => {
      const node = this.nodes[i];
      return node !== undefined && is(node.event);
    });
  }

  /** Reads and writes of these orders. */
  ordered(...orders: readonly string[]): EventSet {
    return this.where((event) => (event.k === 'read' || event.k === 'write') && orders.includes(event.order));
  }

  locationAt(i: number): string | null {
    const event = this.nodes[i]?.event;
    return event === undefined || event.k === 'fence' ? null : event.loc;
  }

  /** What stands before a fence of this kind, with what stands behind it. */
  around(fence: Fence): Relation {
    const relation = new Relation(this.size);
    this.traces.forEach((trace, thread) => {
      trace.events.forEach((event, at) => {
        if (event.k !== 'fence' || event.fence !== fence) return;
        this.nodes.forEach((before, a) => {
          if (before.thread !== thread || before.index >= at) return;
          this.nodes.forEach((after, b) => {
            if (after.thread === thread && after.index > at) relation.add(a, b);
          });
        });
      });
    });
    return relation;
  }
}

/** The events of the threads' runs, thread by thread in program order. */
export const nodesOf = (traces: readonly Trace[]): Node[] =>
  traces.flatMap((trace, thread) => trace.events.flatMap((event, index) => (isNode(event) ? [{ thread, index, event }] : [])));

/** Fences that only order what is around them need no place in relations; grace periods and read-side critical sections do. */
const isNode = (event: Event): boolean =>
  event.k !== 'fence' || event.fence === 'rcu-lock' || event.fence === 'rcu-unlock' || event.fence === 'rcu-sync';
