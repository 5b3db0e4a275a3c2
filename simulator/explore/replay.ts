import { deadlock } from '../machine/invariants/deadlock.js';
import type { Machine } from '../machine/machine.js';
import { expand } from '../machine/step.js';
import type { Violation } from '../machine/violation.js';
import type { Exploration, Found } from './explore.js';
import type { Reductions } from './reductions.js';

/** One step of a run, with the state before it and after it. */
export interface RunStep {
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly cpu: number;
  /** Set only while the machine explains. */
  readonly text: string;
}

/** A run of the machine itself: what a reduced search stands for. */
export interface Run {
  readonly steps: readonly RunStep[];
  readonly end: Int32Array;
  /** The violation that it ends in, as this run shows it; null where the whole graph shows it. */
  readonly bad: { readonly violation: Violation; readonly cpu: number; readonly text: string } | null;
}

/** States from the first to this one, by number. */
export function pathTo(run: Pick<Exploration, 'parent'>, to: number): number[] {
  const path: number[] = [];
  for (let state = to; state >= 0; state = run.parent(state)) path.push(state);
  return path.reverse();
}

/**
 * The run of the machine that a path of a reduced search stands for, with every CPU the same from the first step to the last.
 *
 * A fused step is told where its CPU next does something that others may see, and not at all where it does nothing more: the run is one without it.
 */
export function replay(m: Machine, run: Exploration, found: Found, reductions: Reductions): Run {
  return new Replay(m, run, reductions, true).to(found) ?? new Replay(m, run, reductions, false).to(found) ?? lost();
}

function lost(): never {
  throw new Error('a stored run can not be repeated');
}

const same = (a: Int32Array, b: Int32Array): boolean => a.every((field, i) => field === b[i]);

class Replay {
  private readonly steps: RunStep[] = [];
  /** The run as it is told, and as it would be with every fused step taken at once. */
  private told: Int32Array;
  private closed: Int32Array;
  /** Per CPU: fused steps that are not told yet. */
  private readonly owed: number[];

  constructor(
    private readonly m: Machine,
    private readonly run: Exploration,
    private readonly reductions: Reductions,
    /** Whether fused steps wait until they matter. */
    private readonly late: boolean,
  ) {
    this.told = m.start();
    this.closed = this.told.slice();
    this.owed = m.setup.cpus.map(() => 0);
  }

  /** Notes fused steps, in their order. */
  private owe(fused: readonly number[]): boolean {
    for (const cpu of fused) {
      this.owed[cpu] = (this.owed[cpu] ?? 0) + 1;
      if (!this.late && !this.pay(cpu)) return false;
    }
    return true;
  }

  /** Takes all that can be fused in `s`. Returns whose steps they were, in order. */
  private close(s: Int32Array): number[] {
    const fused: number[] = [];
    this.reductions.fusion?.close(s, (cpu) => fused.push(cpu));
    return fused;
  }

  private push(after: Int32Array, cpu: number, text: string): void {
    this.steps.push({ before: this.told, after, cpu, text });
    this.told = after;
  }

  /** Tells the fused steps of a CPU. False where they can't be taken so late. */
  private pay(cpu: number): boolean {
    const { fusion } = this.reductions;
    for (; (this.owed[cpu] ?? 0) > 0; this.owed[cpu] = (this.owed[cpu] ?? 0) - 1) {
      const after = this.told.slice();
      const text = fusion?.take(after, cpu) ?? null;
      if (text === null) return false;
      this.push(after, cpu, text);
    }
    return true;
  }

  to(found: Found): Run | null {
    const path = pathTo(this.run, found.from);
    if (!this.owe(this.close(this.closed))) return null;
    for (const state of path.slice(1)) if (!this.step(state)) return null;
    if (found.cpu < 0) {
      for (const cpu of this.owed.keys()) if (!this.pay(cpu)) return null;
      const violation = found.violation.kind === 'deadlock' ? deadlock(this.m, this.told) : null;
      return { steps: this.steps, end: this.told, bad: violation && { violation, cpu: -1, text: '' } };
    }
    const cpu = this.whoIs(found);
    if (cpu === null || !this.pay(cpu)) return null;
    const bad = this.violation(this.told, found, (each) => each === cpu);
    return bad && { steps: this.steps, end: this.told, bad };
  }

  /** Goes on to some state that stands for this one of the search. */
  private step(to: number): boolean {
    const next = this.successor(this.closed, (s) => this.standsFor(s, to));
    if (!next || !this.pay(next.cpu)) return false;
    const told = this.successor(this.told, (s, cpu) => cpu === next.cpu && same(s, next.closed));
    if (!told) return false;
    this.push(told.state, told.cpu, told.text);
    this.closed = next.closed;
    return this.owe(next.fused);
  }

  /** A step whose outcome, with all that can be fused taken, is what is wanted; one that reads nothing old before others. */
  private successor(from: Int32Array, wanted: (closed: Int32Array, cpu: number) => boolean): Successor | null {
    const { m } = this;
    const found: Successor[] = [];
    const after: Pick<Successor, 'state' | 'cpu' | 'stale' | 'text'>[] = [];
    const none = (): void => undefined;
    const next = (state: Int32Array, cpu: number, stale: boolean, text: string): void => {
      after.push({ state: state.slice(), cpu, stale, text });
    };
    expand(m, from, { next, violation: none, stuck: none });
    for (const each of after) {
      const closed = each.state.slice();
      const fused = this.close(closed);
      if (wanted(closed, each.cpu)) found.push({ ...each, closed, fused });
    }
    return found.find(({ stale }) => !stale) ?? found[0] ?? null;
  }

  /** Whether the search has this state, which fuses nothing more, by that number. */
  private standsFor(s: Int32Array, number: number): boolean {
    const { store } = this.run;
    const { alike } = this.reductions;
    if (!alike) return store.find(s) === number;
    const moved = new Int32Array(s.length);
    return alike.permuter.all.some((_, which) => {
      alike.permuter.state(s, which, moved);
      return store.find(moved) === number;
    });
  }

  /** The CPU of this run that the last step of a found violation is taken by. */
  private whoIs(found: Found): number | null {
    const group = this.reductions.alike?.groups.find((each) => each.includes(found.cpu)) ?? [found.cpu];
    return this.violation(this.closed, found, (cpu) => group.includes(cpu))?.cpu ?? null;
  }

  private violation(s: Int32Array, found: Found, by: (cpu: number) => boolean): Run['bad'] {
    let bad = null as Run['bad'];
    expand(this.m, s, {
      next: () => undefined,
      violation: (cpu, violation, text) => {
        if (!bad && violation.kind === found.violation.kind && by(cpu)) bad = { violation, cpu, text };
      },
      stuck: () => undefined,
    });
    return bad;
  }
}

interface Successor {
  readonly state: Int32Array;
  readonly cpu: number;
  readonly stale: boolean;
  readonly text: string;
  readonly closed: Int32Array;
  readonly fused: readonly number[];
}
