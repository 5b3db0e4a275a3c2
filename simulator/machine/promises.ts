import type { Machine } from './machine.js';

/** A write that has not been made yet: what `Order.append` would be given. */
export interface Write {
  /** As in the order: a location, or an invalidation. */
  readonly code: number;
  readonly value: number;
}

/** A place in the order for a write: a position that was promised to it, or the end. */
export type Place = number;
export const AT_END: Place = 0;

/** An order of writes chosen before the threads run: positions 1 to `length`, each promised to one CPU. */
export interface Promises {
  readonly length: number;
  /** CPU that owes each position; -1 for the first (unused) and for what hardware does by itself. */
  readonly owners: readonly number[];
  /** Whether a CPU may write at the end what was not promised: to find out what it could promise, and whether it can keep its promises. */
  readonly appends: boolean;
  /** Told of each write that could have been promised next. */
  candidate(cpu: number, write: Write): void;
}

/**
 * Places that a write of `cpu` may take: above `after`, below `before`. An atomic write names the write that it `follows`: nothing else may
 * stand between the two.
 */
export function places(
  m: Machine,
  s: Int32Array,
  cpu: number,
  write: Write,
  after: number,
  before: number,
  follows: number | null = null,
): Place[] {
  const { order, promises } = m;
  const undisturbed = (place: number): boolean => follows === null || order.latest(s, write.code, place - 1) === follows;
  const end = order.length(s) + 1;
  if (!promises) return end < before && undisturbed(end) ? [AT_END] : [];
  const found: Place[] = [];
  const kept = m.get(s, cpu, m.layout.KEPT);
  for (let place = after + 1; place <= promises.length && place < before; place++) {
    if (promises.owners[place] !== cpu || (kept & (1 << place)) !== 0) continue;
    if (order.code(s, place) !== write.code || order.floorOf(s, place) !== write.value || !undisturbed(place)) continue;
    found.push(place);
  }
  if (!promises.appends) return found;
  const next = promises.length + 1;
  // The write could come next in the order even where, run by itself, this CPU has by now put others of its own there.
  if (after < next && next < before && undisturbed(next)) promises.candidate(cpu, write);
  if (end < before && undisturbed(end)) found.push(AT_END);
  return found;
}

/** Puts the write at its place and says which position that is. */
export function put(m: Machine, t: Int32Array, cpu: number, write: Write, place: Place): number {
  if (place === AT_END) return m.order.append(t, write.code, write.value);
  m.set(t, cpu, m.layout.KEPT, m.get(t, cpu, m.layout.KEPT) | (1 << place));
  return place;
}
