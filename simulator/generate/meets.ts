import type { Components } from '../explore/components.js';
import { PairMap } from './pair-map.js';

/** Numbers of floors up to which a meet stands in a square of numbers, as a power of two. */
const LARGEST = 10;

/** What two threads can both still read, by the numbers of their floors: computed once for each pair. */
export class Meets {
  /** All that were asked for. */
  readonly pairs = new PairMap();
  /** Those of low numbers a and b once more, at `a << shift | b`: number and one, or 0. It is replaced as it grows. */
  near: Int32Array = new Int32Array(1 << 12);
  shift = 6;
  private readonly a: Int32Array;
  private readonly b: Int32Array;

  constructor(
    private readonly floors: Components,
    length: number,
  ) {
    this.a = new Int32Array(length);
    this.b = new Int32Array(length);
  }

  of(first: number, second: number): number {
    const known = this.pairs.get(first, second);
    const meet = known >= 0 ? known : this.made(first, second);
    while (Math.max(first, second) >>> this.shift > 0 && this.shift < LARGEST) this.grow();
    if (Math.max(first, second) >>> this.shift === 0) this.near[(first << this.shift) | second] = meet + 1;
    return meet;
  }

  private made(first: number, second: number): number {
    const { a, b, floors } = this;
    floors.restore(first, a, 0);
    floors.restore(second, b, 0);
    for (let i = 0; i < a.length; i++) a[i] = Math.min(a[i] ?? 0, b[i] ?? 0);
    const meet = floors.number(a, 0);
    this.pairs.add(first, second, meet);
    return meet;
  }

  private grow(): void {
    const { near, shift } = this;
    this.shift++;
    this.near = new Int32Array(1 << (2 * this.shift));
    for (let row = 0; row < 1 << shift; row++) this.near.set(near.subarray(row << shift, (row + 1) << shift), row << this.shift);
  }

  get bytes(): number {
    return this.pairs.bytes + this.near.byteLength;
  }
}
