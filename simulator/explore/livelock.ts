/**
 * The first state (in the order of the search) from which no end can be reached any more, or null. States that can reach an end are found
 * backwards over the stored graph.
 */
export function endless(states: number, from: readonly number[], to: readonly number[], ends: ReadonlySet<number>): number | null {
  const first = new Int32Array(states).fill(-1);
  const next = new Int32Array(from.length);
  for (let edge = 0; edge < from.length; edge++) {
    const target = to[edge] ?? 0;
    next[edge] = first[target] ?? -1;
    first[target] = edge;
  }
  const canEnd = new Uint8Array(states);
  const queue = [...ends];
  for (const state of queue) canEnd[state] = 1;
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (let edge = first[state] ?? -1; edge >= 0; edge = next[edge] ?? -1) {
      const before = from[edge] ?? 0;
      if (canEnd[before] === 1) continue;
      canEnd[before] = 1;
      queue.push(before);
    }
  }
  const stuck = canEnd.indexOf(0);
  return stuck < 0 ? null : stuck;
}
