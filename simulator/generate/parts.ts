import { Components } from '../explore/components.js';
import type { Machine } from '../machine/machine.js';
import { callbacksWait } from '../machine/compact.js';
import { MAX_ORDER } from '../machine/layout.js';
import { Growing } from './growing.js';
import { FieldTooNarrow, type Packing } from './packing.js';

/**
 * The parts that states are made of, numbered: the fields that all CPUs share, and each thread's block. A state is one number a part, since
 * few distinct parts make many states.
 */
export class Parts {
  readonly shared: Components;
  readonly threads: readonly Components[];
  /** A full state to build in. What is not restored into it is left over from before. */
  readonly scratch: Int32Array;
  /** Per part, shared fields first: the first number that does not fit into its field. */
  private limits = new Float64Array(0);
  /** The outline of each value of the shared fields: the same outline makes the same of a thread. */
  readonly outlineOf = new Growing();
  private readonly outlines: Components;
  private readonly key: Int32Array;

  constructor(readonly m: Machine) {
    const { layout } = m;
    this.shared = new Components(layout.globalSize);
    this.threads = Array.from({ length: layout.threads }, () => new Components(layout.threadSize, 64));
    this.key = new Int32Array(MAX_ORDER + 2 + layout.locations);
    this.outlines = new Components(this.key.length);
    this.scratch = new Int32Array(layout.size);
  }

  /** The same, most likely \`likely\`. */
  sharedLike(likely: number, s: Int32Array): number {
    return this.shared.same(likely, s, 0, this.m.layout.sharedLength(s)) ? likely : this.sharedOf(s);
  }

  threadLike(likely: number, s: Int32Array, thread: number): number {
    return this.threads[thread]?.same(likely, s, this.m.layout.at(thread)) === true ? likely : this.threadOf(s, thread);
  }

  /** Number of the shared fields of `s`. */
  sharedOf(s: Int32Array): number {
    const number = this.shared.number(s, 0, this.m.layout.sharedLength(s));
    if (number === this.outlineOf.length) this.outlineOf.push(this.outline(s));
    return this.within(0, number);
  }

  /**
   * What the canonical form of threads looks at in the shared fields: what stands where in the order, not the values; whether callbacks
   * wait; under total store order the views of what was folded away.
   */
  private outline(s: Int32Array): number {
    const { order, layout, arch } = this.m;
    const length = order.length(s);
    const key = this.key.fill(0);
    key[0] = length;
    for (let i = 1; i <= length; i++) key[i] = order.code(s, i);
    key[MAX_ORDER + 1] = callbacksWait(layout, s) ? 1 : 0;
    if (arch.memory === 'total-store') key.set(s.subarray(layout.BASE_VIEW, layout.BASE_VIEW + layout.locations), MAX_ORDER + 2);
    return this.outlines.number(key, 0);
  }

  /** Number of a thread's block in `s`. */
  threadOf(s: Int32Array, thread: number): number {
    return this.within(thread + 1, this.threads[thread]?.number(s, this.m.layout.at(thread)) ?? 0);
  }

  private within(field: number, number: number): number {
    if (number >= (this.limits[field] ?? Infinity)) throw new FieldTooNarrow(field);
    return number;
  }

  /** How parts are packed from now on: a number that does not fit is an error then. */
  set packing({ fields }: Packing) {
    this.limits = Float64Array.from(fields, ({ bits }) => 2 ** bits);
  }

  /** How many values each part has. */
  sizes(): number[] {
    return [this.shared.size, ...this.threads.map((each) => each.size)];
  }

  restoreShared(number: number, into: Int32Array): void {
    this.shared.restore(number, into, 0);
  }

  restoreThread(thread: number, number: number, into: Int32Array): void {
    this.threads[thread]?.restore(number, into, this.m.layout.at(thread));
  }

  /** Numbers of all parts of `s`, shared fields first. */
  of(s: Int32Array): number[] {
    return [this.sharedOf(s), ...this.threads.map((_, thread) => this.threadOf(s, thread))];
  }

  restore(parts: readonly number[], into: Int32Array): void {
    this.restoreShared(parts[0] ?? 0, into);
    this.threads.forEach((_, thread) => {
      this.restoreThread(thread, parts[thread + 1] ?? 0, into);
    });
  }

  /** Numbers of the parts of `s`, or null where one of them was never met. */
  find(s: Int32Array): number[] | null {
    const parts = [this.shared.find(s, 0, this.m.layout.sharedLength(s))];
    this.threads.forEach((each, thread) => parts.push(each.find(s, this.m.layout.at(thread))));
    return parts.includes(-1) ? null : parts;
  }

  get bytes(): number {
    return this.threads.reduce((sum, each) => sum + each.bytes, this.shared.bytes + this.outlineOf.bytes + this.outlines.bytes);
  }
}
