import { type Violation, violated } from '../violation.js';

/** Steps of an exploration, from state to state. */
export class Edges {
  private pairs = new Int32Array(4096);
  count = 0;

  add(from: number, to: number): void {
    if (2 * this.count === this.pairs.length) {
      const pairs = new Int32Array(this.pairs.length * 2);
      pairs.set(this.pairs);
      this.pairs = pairs;
    }
    this.pairs[2 * this.count] = from;
    this.pairs[2 * this.count + 1] = to;
    this.count++;
  }

  from(edge: number): number {
    return this.pairs[2 * edge] ?? 0;
  }

  to(edge: number): number {
    return this.pairs[2 * edge + 1] ?? 0;
  }
}

/**
 * The first state (in the order of the search) from which no end can be reached any more, or null. States that can reach an end are found
 * backwards over the stored graph.
 */
export function endless(states: number, edges: Edges, ends: ReadonlySet<number>): number | null {
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
