import { PairMap } from './pair-map.js';

/** Cells of a grid at most. */
const MOST = 1 << 20;

/** A map from pairs whose numbers are low as a rule: those that are stand in a grid as well, where they are found without a search. */
export class NearMap extends PairMap {
  /** The value of (a, b) and one at `a << shift | b`, 0 where it has none; for b below `1 << shift`. It is replaced as it grows. */
  cells = new Int32Array(1 << 10);
  shift = 5;

  override add(a: number, b: number, value: number): void {
    super.add(a, b, value);
    while (!this.holds(a, b) && this.cells.length < MOST) this.widen(b >>> this.shift > 0);
    if (this.holds(a, b)) this.cells[(a << this.shift) | b] = value + 1;
  }

  private holds(a: number, b: number): boolean {
    return b >>> this.shift === 0 && a < this.cells.length >>> this.shift;
  }

  private widen(rows: boolean): void {
    const { cells, shift } = this;
    this.cells = new Int32Array(2 * cells.length);
    if (rows) this.shift++;
    for (let row = 0; row << shift < cells.length; row++)
      this.cells.set(cells.subarray(row << shift, (row + 1) << shift), row << this.shift);
  }

  override get bytes(): number {
    return super.bytes + this.cells.byteLength;
  }
}
