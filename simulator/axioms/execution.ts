import { Relation } from './relation.js';
import type { Skeleton } from './skeleton.js';

/** For one location: its writes in coherence order, and for each read the write that it reads, -1 for the first value. */
export interface LocationOrder {
  readonly loc: string;
  readonly writes: readonly number[];
  readonly readsFrom: ReadonlyMap<number, number>;
}

/**
 * A candidate execution: a skeleton, and for some locations or all of them who reads from whom and which write comes before which. With
 * locations left out it has fewer edges, and what an axiom forbids of it the axiom forbids of whatever it grows into.
 */
export class Execution {
  /** Reads-from, without first values. */
  readonly rf: Relation;
  /** Coherence order. */
  readonly co: Relation;
  /** From a read to the writes that come after what it read. */
  readonly fr: Relation;
  readonly rfe: Relation;
  readonly rfi: Relation;

  constructor(
    readonly skeleton: Skeleton,
    readonly orders: readonly LocationOrder[],
  ) {
    const { size, internal } = skeleton;
    this.rf = new Relation(size);
    this.co = new Relation(size);
    this.fr = new Relation(size);
    for (const { writes, readsFrom } of orders) {
      writes.forEach((a, i) => {
        for (const b of writes.slice(i + 1)) this.co.add(a, b);
      });
      for (const [read, write] of readsFrom) {
        if (write >= 0) this.rf.add(write, read);
        // An atomic does not come before itself.
        for (const later of writes.slice(writes.indexOf(write) + 1)) if (later !== read) this.fr.add(read, later);
      }
    }
    this.rfe = this.rf.minus(internal);
    this.rfi = this.rf.and(internal);
  }
}
