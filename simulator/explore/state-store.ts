import type { Layout } from '../machine/layout.js';
import { Components } from './components.js';

/** All states met, packed to one number a component, in the order they were met. */
export class StateStore {
  private readonly shared: Components;
  private readonly threads: Components;
  private readonly tuples: Components;
  private readonly tuple: Int32Array;

  constructor(private readonly layout: Layout) {
    this.shared = new Components(layout.globalSize);
    this.threads = new Components(layout.threadSize);
    this.tuples = new Components(layout.threads + 1, 4096);
    this.tuple = new Int32Array(layout.threads + 1);
  }

  get size(): number {
    return this.tuples.size;
  }

  /** Number of the state; new ones get the next free number. */
  add(state: Int32Array): number {
    this.tuple[0] = this.shared.number(state, 0);
    for (let thread = 0; thread < this.layout.threads; thread++)
      this.tuple[thread + 1] = this.threads.number(state, this.layout.at(thread));
    return this.tuples.number(this.tuple, 0);
  }

  restore(number: number, into: Int32Array): void {
    const tuple = new Int32Array(this.layout.threads + 1);
    this.tuples.restore(number, tuple, 0);
    this.shared.restore(tuple[0] ?? 0, into, 0);
    for (let thread = 0; thread < this.layout.threads; thread++) this.threads.restore(tuple[thread + 1] ?? 0, into, this.layout.at(thread));
  }
}
