import { type Violation, violated } from '../violation.js';

/** Steps of an exploration, from state to state. */
export class Edges {
  private sources: Int32Array = new Int32Array(2048);
  private targets: Int32Array = new Int32Array(2048);
  count = 0;

  add(from: number, to: number): void {
    if (this.count === this.sources.length) {
      const longer = (old: Int32Array): Int32Array => {
        const made = new Int32Array(2 * old.length);
        made.set(old);
        return made;
      };
      this.sources = longer(this.sources);
      this.targets = longer(this.targets);
    }
    this.sources[this.count] = from;
    this.targets[this.count] = to;
    this.count++;
  }

  /** Edges that are kept by the state they leave: those of state i stand in `targets` from `from[i]` up to `from[i + 1]`. */
  static byState(states: number, from: Int32Array, targets: Int32Array): Edges {
    const edges = new Edges();
    edges.count = from[states] ?? 0;
    edges.targets = targets;
    edges.sources = new Int32Array(edges.count);
    for (let state = 0; state < states; state++) edges.sources.fill(state, from[state] ?? 0, from[state + 1] ?? 0);
    return edges;
  }

  /**
   * Marks, in one pass from the last edge to the first, states from which a marked one can be reached. True where all are marked then: most
   * steps lead on in the order of the search, so that one pass does for most programs.
   */
  sweep(marked: Uint8Array): boolean {
    const { sources, targets } = this;
    for (let edge = this.count - 1; edge >= 0; edge--) if (marked[targets[edge] ?? 0] === 1) marked[sources[edge] ?? 0] = 1;
    return !marked.includes(0);
  }

  from(edge: number): number {
    return this.sources[edge] ?? 0;
  }

  to(edge: number): number {
    return this.targets[edge] ?? 0;
  }
}

/**
 * The first state (in the order of the search) from which no end can be reached any more, or null. States that can reach an end are found
 * backwards over the stored graph.
 */
export function endless(states: number, edges: Edges, ends: Iterable<number>): number | null {
  const near = new Uint8Array(states);
  for (const state of ends) near[state] = 1;
  if (edges.sweep(near)) return null;
  const first = new Int32Array(states).fill(-1);
  const next = new Int32Array(edges.count);
  for (let edge = 0; edge < edges.count; edge++) {
    const target = edges.to(edge);
    next[edge] = first[target] ?? -1;
    first[target] = edge;
  }
  const canEnd = new Uint8Array(states);
  const queue = [...ends];
  for (const state of queue) canEnd[state] = 1;
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (let edge = first[state] ?? -1; edge >= 0; edge = next[edge] ?? -1) {
      const before = edges.from(edge);
      if (canEnd[before] === 1) continue;
      canEnd[before] = 1;
      queue.push(before);
    }
  }
  const stuck = canEnd.indexOf(0);
  return stuck < 0 ? null : stuck;
}

/** livelock: from some state on no run comes to an end. It takes the whole state space to know. */
export const livelock = (): Violation => violated('livelock', 'the CPUs step for ever: from some point on no run ends', -1);
