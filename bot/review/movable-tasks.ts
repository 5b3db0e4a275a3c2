import type { VersionOutcome } from './scenario-runs.js';

/**
 * Procedures in which, after the patches and not before, a task asks for its CPU's number or flushes that CPU alone while the scheduler might move
 * it to another: tasks do not move on the machine, so that silence says nothing of that. Each is the innermost of a stack; a stack that only
 * changes its names is not new.
 */
export function newlyMovable(
  before: readonly Pick<VersionOutcome, 'movable'>[],
  after: readonly Pick<VersionOutcome, 'movable'>[],
): readonly string[] {
  const [was, now] = [before, after].map((outcomes) => new Set(outcomes.flatMap(({ movable }) => [...movable])));
  if (!was || !now) return [];
  const come = [...now].filter((stack) => !was.has(stack));
  const gone = [...was].filter((stack) => !now.has(stack));
  if (come.length <= gone.length) return [];
  return [...new Set(come.flatMap((stack) => stack.split(' ').at(-1) ?? []))].sort();
}
