import { type Violation, violated } from '../violation.js';

/** Steps of an exploration, from state to state, by the state they leave: those of state i stand in `targets` from `starts[i]` up to `starts[i + 1]`. */
export class Edges {
  count: number;

  constructor(
    private starts: Int32Array = new Int32Array(1024),
    private targets: Int32Array = new Int32Array(4096),
    /** States whose edges start somewhere. */
    private states = 0,
  ) {
    this.count = starts[states] ?? 0;
  }

  /** Adds an edge. It leaves the same state as the one before it, or a later one. */
  add(from: number, to: number): void {
    if (from + 1 >= this.starts.length) this.starts = longer(this.starts, 2 * (from + 1));
    while (this.states <= from) this.starts[this.states++] = this.count;
    if (this.count === this.targets.length) this.targets = longer(this.targets, 2 * this.count);
    this.targets[this.count++] = to;
    this.starts[this.states] = this.count;
  }

  /**
   * Marks states from which an edge leads to a marked one, from the last state to the first or the other way. Returns whether any was. Most
   * steps lead on in the order of the search, so that few sweeps do for most programs.
   */
  sweep(marked: Uint8Array, backwards: boolean): boolean {
    const { starts, targets, states } = this;
    let any = false;
    for (let i = 0; i < states; i++) {
      const state = backwards ? states - 1 - i : i;
      if (marked[state] === 1) continue;
      let edge = starts[state] ?? 0;
      const end = starts[state + 1] ?? 0;
      while (edge < end && marked[targets[edge] ?? 0] !== 1) edge++;
      if (edge === end) continue;
      marked[state] = 1;
      any = true;
    }
    return any;
  }

  /** Marks all states from which a marked one can be reached, by following each edge once from where it leads. */
  spread(marked: Uint8Array): void {
    const { starts, targets } = this;
    const sources = new Int32Array(this.count);
    for (let state = 0; state < this.states; state++) sources.fill(state, starts[state] ?? 0, starts[state + 1] ?? 0);
    const first = new Int32Array(marked.length).fill(-1);
    const next = new Int32Array(this.count);
    for (let edge = 0; edge < this.count; edge++) {
      const target = targets[edge] ?? 0;
      next[edge] = first[target] ?? -1;
      first[target] = edge;
    }
    const queue: number[] = [];
    marked.forEach((mark, state) => {
      if (mark === 1) queue.push(state);
    });
    for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
      for (let edge = first[state] ?? -1; edge >= 0; edge = next[edge] ?? -1) {
        const before = sources[edge] ?? 0;
        if (marked[before] === 1) continue;
        marked[before] = 1;
        queue.push(before);
      }
    }
  }
}

function longer(old: Int32Array, length: number): Int32Array {
  const made = new Int32Array(length);
  made.set(old);
  return made;
}

/** Sweeps before every edge is followed by itself: they are the cheaper way for most graphs, and a bad one for graphs full of loops. */
const SWEEPS = 6;

/**
 * The first state (in the order of the search) from which no end can be reached any more, or null. States that can reach an end are found
 * backwards over the stored graph.
 */
export function endless(states: number, edges: Edges, ends: Iterable<number>): number | null {
  const canEnd = new Uint8Array(states);
  for (const state of ends) canEnd[state] = 1;
  for (let i = 0; i < SWEEPS; i++) {
    const changed = edges.sweep(canEnd, i % 2 === 0);
    const stuck = canEnd.indexOf(0);
    if (stuck < 0) return null;
    if (!changed) return stuck;
  }
  edges.spread(canEnd);
  const stuck = canEnd.indexOf(0);
  return stuck < 0 ? null : stuck;
}

/** livelock: from some state on no run comes to an end. It takes the whole state space to know. */
export const livelock = (): Violation => violated('livelock', 'the CPUs step for ever: from some point on no run ends', -1);
