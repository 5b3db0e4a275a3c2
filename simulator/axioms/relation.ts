/** A set of events, by number. */
export class EventSet {
  readonly bits: Uint32Array;

  constructor(readonly size: number) {
    this.bits = new Uint32Array((size + 31) >>> 5);
  }

  static of(size: number, holds: (event: number) => boolean): EventSet {
    const set = new EventSet(size);
    for (let i = 0; i < size; i++) if (holds(i)) set.add(i);
    return set;
  }

  add(event: number): void {
    const word = event >>> 5;
    this.bits[word] = (this.bits[word] ?? 0) | (1 << (event & 31));
  }

  has(event: number): boolean {
    return (((this.bits[event >>> 5] ?? 0) >>> (event & 31)) & 1) === 1;
  }

  get isEmpty(): boolean {
    return this.bits.every((word) => word === 0);
  }

  not(): EventSet {
    return EventSet.of(this.size, (event) => !this.has(event));
  }

  or(other: EventSet): EventSet {
    const set = new EventSet(this.size);
    this.bits.forEach((word, i) => (set.bits[i] = word | (other.bits[i] ?? 0)));
    return set;
  }

  and(other: EventSet): EventSet {
    const set = new EventSet(this.size);
    this.bits.forEach((word, i) => (set.bits[i] = word & (other.bits[i] ?? 0)));
    return set;
  }

  members(): number[] {
    const found: number[] = [];
    for (let i = 0; i < this.size; i++) if (this.has(i)) found.push(i);
    return found;
  }
}

/**
 * A relation between events, as a matrix of bits: row a holds the events that a is related to. Relations are values; what an operation
 * gives is a new one.
 */
export class Relation {
  private readonly words: number;
  private readonly bits: Uint32Array;

  constructor(readonly size: number) {
    this.words = (size + 31) >>> 5;
    this.bits = new Uint32Array(size * this.words);
  }

  static of(size: number, holds: (a: number, b: number) => boolean): Relation {
    const relation = new Relation(size);
    for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) if (holds(a, b)) relation.add(a, b);
    return relation;
  }

  static identity(size: number): Relation {
    const relation = new Relation(size);
    for (let a = 0; a < size; a++) relation.add(a, a);
    return relation;
  }

  /** Each member related to itself. */
  static on(set: EventSet): Relation {
    const relation = new Relation(set.size);
    for (const a of set.members()) relation.add(a, a);
    return relation;
  }

  /** For whoever builds a relation; those who were given one leave it alone. */
  add(a: number, b: number): void {
    const word = a * this.words + (b >>> 5);
    this.bits[word] = (this.bits[word] ?? 0) | (1 << (b & 31));
  }

  has(a: number, b: number): boolean {
    return (((this.bits[a * this.words + (b >>> 5)] ?? 0) >>> (b & 31)) & 1) === 1;
  }

  get isEmpty(): boolean {
    return this.bits.every((word) => word === 0);
  }

  private copy(): Relation {
    const relation = new Relation(this.size);
    relation.bits.set(this.bits);
    return relation;
  }

  private merged(other: Relation, merge: (a: number, b: number) => number): Relation {
    const relation = new Relation(this.size);
    for (let i = 0; i < this.bits.length; i++) relation.bits[i] = merge(this.bits[i] ?? 0, other.bits[i] ?? 0);
    return relation;
  }

  or(...others: readonly Relation[]): Relation {
    const relation = this.copy();
    for (const other of others)
      for (let i = 0; i < relation.bits.length; i++) relation.bits[i] = (relation.bits[i] ?? 0) | (other.bits[i] ?? 0);
    return relation;
  }

  and(other: Relation): Relation {
    return this.merged(other, (a, b) => a & b);
  }

  minus(other: Relation): Relation {
    return this.merged(other, (a, b) => a & ~b);
  }

  inverse(): Relation {
    const relation = new Relation(this.size);
    this.each((a, b) => {
      relation.add(b, a);
    });
    return relation;
  }

  /** Only pairs that begin in `set`. */
  from(set: EventSet): Relation {
    const relation = this.copy();
    for (let a = 0; a < this.size; a++) if (!set.has(a)) relation.bits.fill(0, a * this.words, (a + 1) * this.words);
    return relation;
  }

  /** Only pairs that end in `set`. */
  to(set: EventSet): Relation {
    const relation = this.copy();
    for (let a = 0; a < this.size; a++)
      for (let w = 0; w < this.words; w++) {
        const i = a * this.words + w;
        relation.bits[i] = (relation.bits[i] ?? 0) & (set.bits[w] ?? 0);
      }
    return relation;
  }

  /** Ors row `from` of `other` into row `to` of this. */
  private orRow(to: number, other: Relation, from: number): void {
    const [target, source] = [to * this.words, from * this.words];
    for (let w = 0; w < this.words; w++) this.bits[target + w] = (this.bits[target + w] ?? 0) | (other.bits[source + w] ?? 0);
  }

  /** a is related to c when this relates a to some b, and `other` relates that b to c. */
  then(...others: readonly Relation[]): Relation {
    return others.reduce<Relation>((first, second) => first.thenOne(second), this);
  }

  private thenOne(other: Relation): Relation {
    const relation = new Relation(this.size);
    this.each((a, b) => {
      relation.orRow(a, other, b);
    });
    return relation;
  }

  /** This or nothing: `r?`. */
  maybe(): Relation {
    const relation = this.copy();
    for (let a = 0; a < this.size; a++) relation.add(a, a);
    return relation;
  }

  /** Transitive closure (Warshall). */
  plus(): Relation {
    const relation = this.copy();
    for (let via = 0; via < this.size; via++)
      for (let a = 0; a < this.size; a++) if (a !== via && relation.has(a, via)) relation.orRow(a, relation, via);
    return relation;
  }

  star(): Relation {
    return this.plus().maybe();
  }

  get isIrreflexive(): boolean {
    for (let a = 0; a < this.size; a++) if (this.has(a, a)) return false;
    return true;
  }

  get isAcyclic(): boolean {
    return this.plus().isIrreflexive;
  }

  each(visit: (a: number, b: number) => void): void {
    for (let a = 0; a < this.size; a++)
      for (let w = 0; w < this.words; w++) {
        let word = this.bits[a * this.words + w] ?? 0;
        while (word !== 0) {
          const low = 31 - Math.clz32(word & -word);
          visit(a, w * 32 + low);
          word &= word - 1;
        }
      }
  }

  pairs(): [number, number][] {
    const found: [number, number][] = [];
    this.each((a, b) => found.push([a, b]));
    return found;
  }
}
