/**
 * Numbers for vectors of small integers: the same vector always gets the same number. A global state is kept as one number a component
 * (the order, each CPU) instead of hundreds of fields, since few distinct components make many states (Holzmann, "State compression in
 * SPIN: recursive indexing and compression training runs", 1997).
 */
export class Components {
  private rows: Int32Array;
  private table: Int32Array;
  private hashes: Int32Array;
  private count = 0;

  constructor(
    private readonly width: number,
    capacity = 256,
  ) {
    this.rows = new Int32Array(width * capacity);
    this.table = new Int32Array(capacity * 4);
    this.hashes = new Int32Array(capacity);
  }

  get size(): number {
    return this.count;
  }

  get bytes(): number {
    return this.rows.byteLength + this.table.byteLength + this.hashes.byteLength;
  }

  /** Number of the vector that stands in `from` at `offset`. Its fields from `length` on are zero. */
  number(from: Int32Array, offset: number, length = this.width): number {
    const hash = hashOf(from, offset, length);
    const probe = this.probe(hash, from, offset, length);
    const found = this.table[probe] ?? 0;
    if (found !== 0) return found - 1;
    this.table[probe] = this.count + 1;
    return this.add(from, offset, hash);
  }

  /** The same, or -1 where the vector has no number. */
  find(from: Int32Array, offset: number, length = this.width): number {
    return (this.table[this.probe(hashOf(from, offset, length), from, offset, length)] ?? 0) - 1;
  }

  /** Where the vector stands in the table, or where it would. */
  private probe(hash: number, from: Int32Array, offset: number, length: number): number {
    const mask = this.table.length - 1;
    for (let probe = (hash ^ (hash >>> 15)) & mask; ; probe = (probe + 1) & mask) {
      const found = this.table[probe] ?? 0;
      if (found === 0 || (this.hashes[found - 1] === hash && this.same(found - 1, from, offset, length))) return probe;
    }
  }

  /** Writes vector `number` into `to` at `offset`. */
  restore(number: number, to: Int32Array, offset: number): void {
    const { rows, width } = this;
    const start = number * width;
    for (let i = 0; i < width; i++) to[offset + i] = rows[start + i] ?? 0;
  }

  /** True where vector `number` stands in `from` at `offset`; fields from `length` on are taken to be equal. */
  same(number: number, from: Int32Array, offset: number, length = this.width): boolean {
    const start = number * this.width;
    const { rows } = this;
    for (let i = 0; i < length; i++) if (rows[start + i] !== from[offset + i]) return false;
    return true;
  }

  private add(from: Int32Array, offset: number, hash: number): number {
    const index = this.count++;
    if ((index + 1) * this.width > this.rows.length) {
      const rows = new Int32Array(this.rows.length * 2);
      rows.set(this.rows);
      this.rows = rows;
      const hashes = new Int32Array(this.hashes.length * 2);
      hashes.set(this.hashes);
      this.hashes = hashes;
    }
    this.rows.set(from.subarray(offset, offset + this.width), index * this.width);
    this.hashes[index] = hash;
    if (this.count * 2 > this.table.length) this.rehash();
    return index;
  }

  private rehash(): void {
    const table = new Int32Array(this.table.length * 4);
    const mask = table.length - 1;
    for (let number = 0; number < this.count; number++) {
      const hash = this.hashes[number] ?? 0;
      let probe = (hash ^ (hash >>> 15)) & mask;
      while (table[probe] !== 0) probe = (probe + 1) & mask;
      table[probe] = number + 1;
    }
    this.table = table;
  }
}

/** Four fields at a time, which a processor does side by side. */
function hashOf(from: Int32Array, offset: number, length: number): number {
  let [a, b, c, d] = [0x811c9dc5, 0x85ebca77, 0x9e3779b1, 0x27d4eb2f];
  const end = offset + length;
  let i = offset;
  for (; i + 4 <= end; i += 4) {
    a = Math.imul(a ^ (from[i] ?? 0), 0x01000193);
    b = Math.imul(b ^ (from[i + 1] ?? 0), 0x01000193);
    c = Math.imul(c ^ (from[i + 2] ?? 0), 0x01000193);
    d = Math.imul(d ^ (from[i + 3] ?? 0), 0x01000193);
  }
  for (; i < end; i++) a = Math.imul(a ^ (from[i] ?? 0), 0x01000193);
  const low = Math.imul(a ^ (a >>> 15), 0x85ebca77) ^ b;
  const high = Math.imul(c ^ (c >>> 15), 0x85ebca77) ^ d;
  return Math.imul(low ^ (low >>> 13), 0x9e3779b1) ^ high;
}
