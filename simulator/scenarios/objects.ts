import type { Program } from '../program/types.js';
import type { Scenario, SizeSpec } from './spec.js';

/** Thrown where `initial` of a scenario gives a value to something that neither it nor its code has. */
export class NoSuchLocation extends Error {
  constructor(scenario: string, keys: readonly string[]) {
    super(`${scenario} gives a first value to ${keys.join(', ')}: no variable, page, table or task has that name`);
  }
}

/** Objects that the machine makes for a scenario, whatever its code declares: tables, pages, and of each CPU its tasks and its stack. */
export function objectsMade({ mmu, pages, text, blocks, pool, cpus }: SizeSpec): ReadonlySet<string> {
  const tables = (mmu?.tables ?? []).flatMap(({ object, entries }) => [
    object,
    ...(entries === 'pages' || entries === 'empty' ? [] : Object.values(entries).filter((entry) => entry !== null)),
    ...(entries === 'pages' ? pagesOf(object, mmu?.levels ?? []) : []),
  ]);
  const own = cpus.flatMap(({ tasks = [] }, i) => [`task${i}`, `stack${i}`, ...tasks.map((_, task) => `task${i}_${task + 1}`)]);
  return new Set([...tables, ...pages, ...text, ...blocks, ...pool, ...own]);
}

const pagesOf = (table: string, levels: readonly { readonly entries: number }[]): string[] =>
  Array.from({ length: Math.max(0, ...levels.map(({ entries }) => entries)) }, (_, i) => `${table}_page${i}`);

/** Throws NoSuchLocation for keys of `initial` whose object nobody has. */
export function checkInitial({ spec }: Scenario, size: SizeSpec, program: Program): void {
  const made = objectsMade(size);
  const stray = Object.keys(size.initial).filter((loc) => {
    const object = loc.replace(/[.[].*$/, '');
    return !made.has(object) && !program.globals.has(object);
  });
  if (stray.length > 0) throw new NoSuchLocation(spec.scenario, stray);
}
