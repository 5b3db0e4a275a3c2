import { mentionedIn, type Reachable } from '../../analyzers/program/reachable.js';
import type { Program } from '../../simulator/program/types.js';

/** One version of what a scenario runs. */
interface Code {
  readonly program: Program;
  readonly reach: Reachable;
}

/** Procedures and variables that are not the same in all versions, sorted. */
export function changedNames([first, ...others]: readonly Pick<Code, 'reach'>[]): readonly string[] {
  if (!first) return [];
  const changed = new Set<string>();
  for (const { reach } of others)
    for (const name of new Set([...first.reach.texts.keys(), ...reach.texts.keys()]))
      if (first.reach.texts.get(name) !== reach.texts.get(name)) changed.add(name);
  return [...changed].sort();
}

/**
 * Procedures that do not do the same in all versions, sorted: those that differ, and those that mention a variable which does. Null where
 * nothing differs, or a variable that no procedure mentions, or that the text of the scenario names: hardware may use it by itself.
 */
export function changedProcedures(versions: readonly Code[], scenario: string): readonly string[] | null {
  const changed = changedNames(versions);
  const procedures = new Set<string>();
  for (const name of changed) {
    const isProcedure = versions.some(({ reach }) => reach.procedures.has(name));
    const users = isProcedure ? [name] : scenario.includes(name) ? [] : usersOf(name, versions);
    if (users.length === 0) return null;
    for (const each of users) procedures.add(each);
  }
  return procedures.size > 0 ? [...procedures].sort() : null;
}

/** Procedures that mention a variable, or one that points to it, and so on. */
function usersOf(variable: string, versions: readonly Code[]): string[] {
  const users = new Set<string>();
  const seen = new Set([variable]);
  for (const name of seen)
    for (const { program, reach } of versions) {
      for (const each of reach.procedures) if (mentionedIn(program.procedures.get(each)?.code).has(name)) users.add(each);
      for (const each of reach.globals) if (mentionedIn(program.globals.get(each)?.init).has(name)) seen.add(each);
    }
  return [...users];
}

/** What a scenario is chosen for. */
export const chosenFor = (versions: readonly Pick<Code, 'reach'>[]): readonly string[] => keptOf(versions, changedNames(versions));

/** Names that are there before and after; where there are none, those that come or go: what a change calls no more, or calls now, is not what it changes. */
export function keptOf(versions: readonly Pick<Code, 'reach'>[], changed: readonly string[]): readonly string[] {
  const kept = changed.filter((name) => versions.every(({ reach }) => reach.texts.has(name)));
  return kept.length > 0 ? kept : changed;
}
