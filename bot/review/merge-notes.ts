import type { ReviewInput } from './review.js';
import type { Step } from './versions.js';

const percent = (share: number): string => `${String(Math.round(share * 100))} %`;

/** How the hunks of one patch came into the tree, a sentence a file where it was not plain. */
export function mergeNotes(step: Step, input: ReviewInput, index: number): string[] {
  const patch = input.patches[index];
  const name = input.kind === 'pasted' || !patch ? 'the pasted diff' : `patch ${String(patch.index)}`;
  const notes: string[] = [];
  for (const file of step.merges) {
    switch (file.kind) {
      case 'merged': {
        if (file.how === 'tokens')
          notes.push(`${name}: ${file.path} was merged into our skeleton by its tokens (${percent(file.placed)} of the context found)`);
        for (const [mail, tree] of file.renames)
          notes.push(`${name}: ${mail} of the mail was taken for ${tree} of our skeleton of ${file.path}`);
        for (const { hunk, why } of file.refused) notes.push(`${name}: hunk ${String(hunk)} of ${file.path} is not in the runs: ${why}`);
        break;
      }
      case 'reversed':
        notes.push(`${name}: ${file.path} has the change already; it was taken out to get the code before`);
        break;
      case 'refused':
        break;
    }
  }
  const refused = step.merges.filter((file) => file.kind === 'refused').map((file) => file.path);
  if (refused.length > 0) notes.push(`${name}: no code at hand for ${refused.join(', ')}; that part was not run`);
  return notes;
}
