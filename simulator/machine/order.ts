import { type Layout, MAX_ORDER } from './layout.js';

/** Thrown when a run writes more than an order can hold; the run ends as "not exhaustive". */
export class OrderFull extends Error {}

/**
 * The one order of writes and completed invalidations. Entry i (from 1) is a write when its code is ≥ 0 (the location; its value beside
 * it), an invalidation when negative (-1 - descriptor; the view its issuer had published beside it). Position 0 is the beginning.
 */
export class Order {
  /** First value of each location, as numbers of values. */
  readonly initials: number[] = [];
  /** Locations whose values were looked at since somebody emptied it: by `valueAt`, there is no other way to read a value. */
  readonly looked = new Set<number>();

  constructor(private readonly at: Layout) {}

  length(s: Int32Array): number {
    return s[this.at.LEN] ?? 0;
  }

  code(s: Int32Array, position: number): number {
    return s[this.at.ORDER + 2 * position - 2] ?? 0;
  }

  /** Value of the write at `position`, or the location's first value at 0. */
  valueAt(s: Int32Array, loc: number, position: number): number {
    this.looked.add(loc);
    if (position > 0) return s[this.at.ORDER + 2 * position - 1] ?? 0;
    const base = s[this.at.BASE + loc] ?? 0;
    return base > 0 ? base - 1 : (this.initials[loc] ?? 0);
  }

  /** Makes `value` what the location holds at position 0. A state that never heard of the location has its first value there. */
  setBase(s: Int32Array, loc: number, value: number): void {
    s[this.at.BASE + loc] = value === this.initials[loc] ? 0 : value + 1;
  }

  /** What a CPU knows that has read the write at `position`: that write, or what stood before it was folded into the base. */
  viewOf(s: Int32Array, loc: number, position: number): number {
    return position > 0 ? position : (s[this.at.BASE_VIEW + loc] ?? 0);
  }

  floorOf(s: Int32Array, position: number): number {
    return s[this.at.ORDER + 2 * position - 1] ?? 0;
  }

  /** Newest write to `loc` at or below `view`; 0 where there is none. */
  latest(s: Int32Array, loc: number, view: number): number {
    const from = this.at.ORDER - 2;
    for (let i = view; i > 0; i--) if (s[from + 2 * i] === loc) return i;
    return 0;
  }

  append(s: Int32Array, code: number, value: number): number {
    const length = this.length(s) + 1;
    if (length > MAX_ORDER) throw new OrderFull();
    s[this.at.LEN] = length;
    s[this.at.ORDER + 2 * length - 2] = code;
    s[this.at.ORDER + 2 * length - 1] = value;
    return length;
  }

  /** Positions of writes to `loc` that a floor leaves open, oldest first. */
  open(s: Int32Array, loc: number, floor: number): number[] {
    const first = this.latest(s, loc, floor);
    const positions = [first];
    for (let i = first + 1; i <= this.length(s); i++) if (this.code(s, i) === loc) positions.push(i);
    return positions;
  }
}
