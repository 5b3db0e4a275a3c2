/** A list of 32-bit numbers that grows. `items` is replaced as it grows: read it anew after each `push`. */
export class Growing {
  items: Int32Array;
  length = 0;

  constructor(capacity = 256) {
    this.items = new Int32Array(capacity);
  }

  get bytes(): number {
    return this.items.byteLength;
  }

  push(value: number): void {
    if (this.length === this.items.length) {
      const items = new Int32Array(2 * this.items.length);
      items.set(this.items);
      this.items = items;
    }
    this.items[this.length++] = value;
  }
}
