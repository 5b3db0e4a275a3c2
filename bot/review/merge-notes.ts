import type { FileMerge } from '../../analyzers/merge/types.js';
import type { ReviewInput } from './review.js';
import type { Step } from './versions.js';

const percent = (share: number): string => `${String(Math.round(share * 100))} %`;
const files = (paths: readonly string[]): string =>
  paths.length > 3 ? `${paths.slice(0, 3).join(', ')} and ${String(paths.length - 3)} more` : paths.join(', ');

/** How the hunks of one patch came into the tree, where it was not plain. */
export function mergeNotes(step: Step, input: ReviewInput, index: number): string[] {
  const patch = input.patches[index];
  const name = input.kind === 'pasted' || !patch ? 'the pasted diff' : `patch ${String(patch.index)}`;
  const notes: string[] = [];
  const merged = step.merges.filter(
    (file): file is Extract<FileMerge, { kind: 'merged' }> => file.kind === 'merged' && file.how === 'tokens',
  );
  const whole = merged.filter((file) => file.refused.length === 0);
  const least = Math.min(...whole.map((file) => file.placed));
  if (whole.length > 0)
    notes.push(
      `${name}: merged into our skeleton by tokens: ${files(whole.map((file) => file.path))} (${least >= 0.995 ? 'all of the context was found' : `at least ${percent(least)} of each context was found`})`,
    );
  for (const file of step.merges) {
    if (file.kind === 'reversed') notes.push(`${name}: ${file.path} has the change already; it was taken out to get the code before`);
    if (file.kind !== 'merged') continue;
    for (const [mail, tree] of file.renames) notes.push(`${name}: what the mail calls ${mail} is ${tree} in our skeleton of ${file.path}`);
    if (file.refused.length > 0)
      notes.push(
        `${name}: not in the runs, for lack of a place in our skeleton: ${String(file.refused.length)} ${file.refused.length === 1 ? 'hunk' : 'hunks'} of ${file.path}`,
      );
  }
  const refused = step.merges.filter((file) => file.kind === 'refused').map((file) => file.path);
  if (refused.length > 0) notes.push(`${name}: no code at hand for ${files(refused)}; that part was not run`);
  return notes;
}
