import { Components } from '../explore/components.js';
import { fold, rewrite } from '../machine/compact.js';
import { MAX_ORDER } from '../machine/layout.js';
import { NearMap } from './near-map.js';
import { PairMap } from './pair-map.js';
import type { Parts } from './parts.js';
import type { Steps } from './steps.js';

/** The canonical form by parts: what `compact` makes of shared fields and the floors of all threads, computed once each. */
export class Folds {
  /** Floors of two threads to what both can still read. */
  readonly meets = new NearMap();
  /** (shared fields, floors of all threads) to the shared fields after a fold, and the rewriting of all threads (-1: they stay as they are). */
  readonly folds = new PairMap(4096);
  /** Per thread: (rewriting, block) to block. */
  readonly rewritten: readonly NearMap[];
  /** Per rewriting: where positions went, and some shared fields after it. */
  private readonly to: (Uint8Array | null)[] = [];
  private readonly example: number[] = [];
  /** Rewritings by what they do: outline of the shared fields after, then where each position goes. */
  private readonly rewritings = new Components(MAX_ORDER + 2);
  private readonly key = new Int32Array(MAX_ORDER + 2);
  private readonly a: Int32Array;
  private readonly b: Int32Array;

  constructor(
    private readonly parts: Parts,
    private readonly steps: Steps,
  ) {
    this.rewritten = parts.threads.map(() => new NearMap());
    this.a = new Int32Array(parts.m.layout.locations + 1);
    this.b = new Int32Array(this.a.length);
  }

  newMeet(first: number, second: number): void {
    const { a, b } = this;
    const { floorVectors } = this.steps;
    floorVectors.restore(first, a, 0);
    floorVectors.restore(second, b, 0);
    for (let i = 0; i < a.length; i++) a[i] = Math.min(a[i] ?? 0, b[i] ?? 0);
    this.meets.add(first, second, floorVectors.number(a, 0));
  }

  newFold(g: number, floors: number): void {
    const { parts, a } = this;
    const s = parts.scratch;
    parts.restoreShared(g, s);
    this.steps.floorVectors.restore(floors, a, 0);
    const to = parts.m.order.length(s) === 0 ? null : fold(parts.m, s, a);
    const after = parts.sharedOf(s);
    const { items: outlines } = parts.outlineOf;
    this.folds.add(g, floors, after, to || outlines[after] !== outlines[g] ? this.rewriting(after, to) : -1);
  }

  private rewriting(after: number, to: Uint8Array | null): number {
    const key = this.key.fill(0);
    key[0] = 2 * (this.parts.outlineOf.items[after] ?? 0) + (to ? 1 : 0);
    if (to) key.set(to, 1);
    const rewriting = this.rewritings.number(key, 0);
    if (rewriting === this.to.length) {
      this.to.push(to);
      this.example.push(after);
    }
    return rewriting;
  }

  /** A thread's block after a rewriting. */
  newRewritten(thread: number, rewriting: number, t: number): void {
    const { parts } = this;
    const s = parts.scratch;
    parts.restoreShared(this.example[rewriting] ?? 0, s);
    parts.restoreThread(thread, t, s);
    rewrite(parts.m, s, thread, this.to[rewriting] ?? null);
    this.rewritten[thread]?.add(rewriting, t, parts.threadOf(s, thread));
  }

  get bytes(): number {
    return [...this.rewritten, this.meets, this.folds, this.rewritings].reduce((sum, each) => sum + each.bytes, 0);
  }
}
