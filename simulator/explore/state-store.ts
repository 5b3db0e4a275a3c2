import type { Layout } from '../machine/layout.js';
import { Components } from './components.js';

/** States by number, in the order they were met. */
export interface States {
  readonly size: number;
  /** Bytes that they and what finds them take. */
  readonly bytes: number;
  /** Number of the state, or -1 where it was never met. */
  find(state: Int32Array): number;
  restore(number: number, into: Int32Array): void;
}

/** All states met, packed to one number a component, in the order they were met. */
export class StateStore implements States {
  private readonly shared: Components;
  private readonly threads: Components;
  private readonly tuples: Components;
  private readonly tuple: Int32Array;
  /** Components of the state restored last: its successors share most of them. */
  private readonly parent: Int32Array;

  constructor(private readonly layout: Layout) {
    this.shared = new Components(layout.globalSize);
    this.threads = new Components(layout.threadSize);
    this.tuples = new Components(layout.threads + 1, 4096);
    this.tuple = new Int32Array(layout.threads + 1);
    this.parent = new Int32Array(layout.threads + 1).fill(-1);
  }

  get size(): number {
    return this.tuples.size;
  }

  get bytes(): number {
    return this.shared.bytes + this.threads.bytes + this.tuples.bytes;
  }

  find(state: Int32Array): number {
    const { layout, tuple } = this;
    tuple[0] = this.shared.find(state, 0, layout.sharedLength(state));
    for (let thread = 0; thread < layout.threads; thread++) tuple[thread + 1] = this.threads.find(state, layout.at(thread));
    return tuple.includes(-1) ? -1 : this.tuples.find(tuple, 0);
  }

  /** Number of the state; new ones get the next free number. */
  add(state: Int32Array): number {
    const { layout, parent, tuple } = this;
    const length = layout.sharedLength(state);
    const before = parent[0] ?? -1;
    tuple[0] = before >= 0 && this.shared.same(before, state, 0, length) ? before : this.shared.number(state, 0, length);
    for (let thread = 0; thread < layout.threads; thread++) {
      const known = parent[thread + 1] ?? -1;
      const at = layout.at(thread);
      tuple[thread + 1] = known >= 0 && this.threads.same(known, state, at) ? known : this.threads.number(state, at);
    }
    return this.tuples.number(tuple, 0);
  }

  restore(number: number, into: Int32Array): void {
    const { parent } = this;
    this.tuples.restore(number, parent, 0);
    this.shared.restore(parent[0] ?? 0, into, 0);
    for (let thread = 0; thread < this.layout.threads; thread++)
      this.threads.restore(parent[thread + 1] ?? 0, into, this.layout.at(thread));
  }
}
