/** Numbers a slot: the two of the key, the value, and one more that goes with it. */
const STRIDE = 4;

/** A map from pairs of small non-negative numbers to numbers, in one flat array. */
export class PairMap {
  private rows: Int32Array;
  private mask: number;
  private count = 0;

  constructor(capacity = 256) {
    this.rows = new Int32Array(capacity * STRIDE);
    this.mask = capacity - 1;
  }

  get bytes(): number {
    return this.rows.byteLength;
  }

  /** The slots as they stand, four numbers each: a + 1 (0: free), b, value, second value. A pair is looked for from `hash(a + 1, b)` on. */
  get slots(): Int32Array {
    return this.rows;
  }

  /** The value of (a, b), or -1. */
  get(a: number, b: number): number {
    const { rows, mask } = this;
    const key = a + 1;
    for (let slot = hash(key, b) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * STRIDE;
      const found = rows[at] ?? 0;
      if (found === key && rows[at + 1] === b) return rows[at + 2] ?? 0;
      if (found === 0) return -1;
    }
  }

  /** The values of all pairs. */
  *values(): Generator<number> {
    for (let at = 0; at < this.rows.length; at += STRIDE) if (this.rows[at] !== 0) yield this.rows[at + 2] ?? 0;
  }

  /** Sets the values of a pair that has none yet. */
  add(a: number, b: number, value: number, second = 0): void {
    if (3 * ++this.count > 2 * this.mask) this.grow();
    this.put(a + 1, b, value, second);
  }

  private put(key: number, b: number, value: number, second: number): void {
    const { rows, mask } = this;
    let slot = hash(key, b) & mask;
    while (rows[slot * STRIDE] !== 0) slot = (slot + 1) & mask;
    rows[slot * STRIDE] = key;
    rows[slot * STRIDE + 1] = b;
    rows[slot * STRIDE + 2] = value;
    rows[slot * STRIDE + 3] = second;
  }

  private grow(): void {
    const old = this.rows;
    this.rows = new Int32Array(old.length * 2);
    this.mask = this.mask * 2 + 1;
    for (let at = 0; at < old.length; at += STRIDE) {
      const key = old[at] ?? 0;
      if (key !== 0) this.put(key, old[at + 1] ?? 0, old[at + 2] ?? 0, old[at + 3] ?? 0);
    }
  }
}

function hash(a: number, b: number): number {
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77);
  return mixed ^ (mixed >>> 15);
}
