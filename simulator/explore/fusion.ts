import type { Machine, Sink } from '../machine/machine.js';
import { background, operate } from '../machine/step.js';
import type { Futures } from './futures.js';

/** Steps that are taken together at most: a thread that does nothing else for ever has to be looked at in between. */
export const MOST_FUSED = 100;

/**
 * Takes the steps of a thread that nobody else can see, and that nobody can disturb, together with the step before them.
 *
 * Such a step is the only one its thread can take, it leads to one state, it is no violation, and it commutes with all that other threads may
 * yet do (see effects.ts). So whatever could be done before it can be done after it, and nothing is lost by taking it at once.
 */
export class Fusion {
  private taken: Int32Array | null = null;
  private text = '';
  private ways = 0;
  private readonly sink: Sink;

  constructor(
    private readonly m: Machine,
    private readonly futures: Futures,
  ) {
    this.sink = {
      next: (state, _cpu, stale, text) => {
        this.ways += stale ? 2 : 1;
        this.taken = state;
        this.text = text;
      },
      violation: () => (this.ways += 2),
      stuck: () => (this.ways += 2),
    };
  }

  /** Takes, in `s`, every step that can be fused, and tells `on` whose each was. */
  close(s: Int32Array, on?: (cpu: number) => void): void {
    let left = MOST_FUSED;
    for (let again = true; again; ) {
      again = false;
      for (let cpu = 0; cpu < this.m.rcuThread; cpu++) {
        while (left > 0 && this.mayFuse(s, cpu) && this.take(s, cpu) !== null) {
          left--;
          again = true;
          on?.(cpu);
        }
      }
    }
  }

  /** Whether what others may yet do leaves the thread's next step alone. */
  mayFuse(s: Int32Array, cpu: number): boolean {
    const needs = this.futures.needs(s, cpu);
    for (let thread = 0; thread <= this.m.rcuThread; thread++)
      if (thread !== cpu && (this.futures.of(s, thread) & needs) !== 0) return false;
    return true;
  }

  /** Takes the thread's next step in `s` if there is but one, and returns the text that explains it; else null. */
  take(s: Int32Array, cpu: number): string | null {
    this.ways = 0;
    this.taken = null;
    background(this.m, s, cpu, this.sink);
    operate(this.m, s, cpu, this.sink);
    const taken = this.taken as Int32Array | null;
    if (this.ways !== 1 || !taken) return null;
    s.set(taken);
    return this.text;
  }
}
