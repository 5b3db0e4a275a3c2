import type { Program } from '../../simulator/program/types.js';

/** How far an on-demand compilation may go. Reaching an end of it means that a catalog row is missing, not that more would help. */
export interface Budget {
  readonly functions: number;
  readonly instructions: number;
  /** Calls below an entry. */
  readonly depth: number;
}

export const BUDGET: Budget = { functions: 600, instructions: 20_000, depth: 45 };

/**
 * Which name costs most, for whoever has to write a row: the function below the entries that most of the others are reached through only.
 */
export function heaviest(program: Program, roots: readonly string[]): string {
  const calls = new Map<string, readonly string[]>();
  for (const [name, procedure] of program.procedures) calls.set(name, mentioned(program, procedure.code));
  const size = (from: readonly string[], without: string | null): number => {
    const seen = new Set<string>();
    const queue = [...from];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (seen.has(name) || name === without) continue;
      seen.add(name);
      queue.push(...(calls.get(name) ?? []));
    }
    return seen.size;
  };
  const all = size(roots, null);
  let best = { name: '', held: 0 };
  for (const name of calls.keys()) {
    if (roots.includes(name)) continue;
    const held = all - size(roots, name);
    if (held > best.held) best = { name, held };
  }
  if (best.name === '') return 'a row is needed';
  return `${best.name} needs a row: ${best.held} of ${all} functions are reached only through it${narrowed(calls, best.name, size, roots, all)}`;
}

/** Below the heaviest, where most of its weight goes on to one of its callees: that chain, so that the row can be put where it fits. */
function narrowed(
  calls: ReadonlyMap<string, readonly string[]>,
  from: string,
  size: (from: readonly string[], without: string | null) => number,
  roots: readonly string[],
  all: number,
): string {
  const chain: string[] = [];
  for (let at = from; chain.length < 6; ) {
    const next = (calls.get(at) ?? [])
      .filter((name) => name !== from && !chain.includes(name))
      .map((name) => ({ name, held: all - size(roots, name) }))
      .sort((a, b) => b.held - a.held)[0];
    if (next === undefined || next.held < 10) break;
    chain.push(`${next.name} (${next.held})`);
    at = next.name;
  }
  return chain.length === 0 ? '' : `, most of them below ${chain.join(' > ')}`;
}

function mentioned(program: Program, value: unknown): string[] {
  const found = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    if (Array.isArray(part)) {
      part.forEach(visit);
      return;
    }
    for (const [key, inner] of Object.entries(part)) {
      if (key === 'name' && typeof inner === 'string' && program.procedures.has(inner)) found.add(inner);
      else if (key !== 'at') visit(inner);
    }
  };
  visit(value);
  return [...found];
}
