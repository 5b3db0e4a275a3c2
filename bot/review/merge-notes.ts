import type { FileMerge, HunkPlace } from '../../analyzers/merge/types.js';
import type { Base } from '../tree/bases.js';
import type { ReviewInput } from './input.js';
import type { Step } from './steps.js';

type Merged = Extract<FileMerge, { kind: 'merged' }>;

const percent = (share: number): string => `${String(Math.round(share * 100))} %`;
const files = (paths: readonly string[]): string =>
  paths.length > 3 ? `${paths.slice(0, 3).join(', ')} and ${String(paths.length - 3)} more` : paths.join(', ');
const counted = (n: number, what: string): string => `${String(n)} ${what}${n === 1 ? '' : 's'}`;

/** How the hunks of one patch came into the code, where it was not plain. */
export function mergeNotes(step: Step, input: ReviewInput, index: number, base: Base | null): string[] {
  const patch = input.patches[index];
  const name = input.kind === 'pasted' || !patch ? 'the pasted diff' : `patch ${String(patch.index)}`;
  const { merges } = step;
  const inTree = base !== null;
  const notes = inTree ? placedInTree(merges) : placedInSkeletons(merges);
  for (const file of merges) {
    if (file.kind === 'reversed') notes.push(`${file.path} has the change already; it was taken out to get the code before`);
    if (file.kind !== 'merged') continue;
    for (const [mail, tree] of file.renames)
      notes.push(`what the mail calls ${mail} is ${tree} in ${inTree ? `the tree's ${file.path}` : `our skeleton of ${file.path}`}`);
    if (file.restored)
      notes.push(
        `${inTree ? 'the tree' : 'our skeleton'} has a later state of what ${file.restored.length === 1 ? 'hunk' : 'hunks'} ${file.restored.join(', ')} of ${file.path} changes; these functions were run as the mail has them`,
      );
    if (file.refused.length === 0) continue;
    const hunks = `${counted(file.refused.length, 'hunk')} of ${file.path}`;
    if (inTree) notes.push(`does not apply in full, ${hunks} had to be left out: ${reasons(file.refused.map(({ why }) => why))}`);
    else notes.push(`not in the runs, for lack of a place in our skeleton: ${hunks}`);
  }
  const refused = merges.flatMap((file) => (file.kind === 'refused' ? [file] : []));
  if (inTree) for (const { path, why } of refused) notes.push(`does not apply to ${path}, which was left as it is: ${why}`);
  else if (refused.length > 0) notes.push(`no code at hand for ${files(refused.map(({ path }) => path))}; that part was not run`);
  return notes.map((note) => `${name}: ${note}`);
}

function placedInSkeletons(merges: readonly FileMerge[]): string[] {
  const whole = merges.filter((file): file is Merged => file.kind === 'merged' && file.how === 'tokens' && file.refused.length === 0);
  if (whole.length === 0) return [];
  const least = Math.min(...whole.map((file) => file.placed));
  return [
    `merged into our skeleton by tokens: ${files(whole.map((file) => file.path))} (${least >= 0.995 ? 'all of the context was found' : `at least ${percent(least)} of each context was found`})`,
  ];
}

/** One sentence: how many hunks went in which way, and which of them not word for word. */
function placedInTree(merges: readonly FileMerge[]): string[] {
  const merged = merges.filter((file): file is Merged => file.kind === 'merged' && file.how !== 'new-file');
  const placed = merged.flatMap((file) => file.hunks.map((hunk) => ({ path: file.path, hunk })));
  const parts: string[] = [];
  const exact = placed.filter(({ hunk }) => hunk.way === 'exact').length;
  if (exact > 0) parts.push(`${counted(exact, 'hunk')} word for word`);
  const named = (way: HunkPlace['way'], words: string): void => {
    const of = placed.filter(({ hunk }) => hunk.way === way);
    if (of.length === 0) return;
    const shown = of
      .slice(0, 3)
      .map(
        ({ path, hunk }) =>
          `hunk ${String(hunk.hunk)} of ${path}${way === 'tokens' && hunk.placed < 0.995 ? `, ${percent(hunk.placed)} of its context found` : ''}`,
      );
    parts.push(`${String(of.length)} ${words} (${shown.join('; ')}${of.length > 3 ? '; …' : ''})`);
  };
  named('three-way', 'by a three-way merge with the blob that the patch was made on');
  named('tokens', 'by tokens, as the context differs');
  return parts.length === 0 || exact === placed.length ? [] : [`applied: ${parts.join(', ')}`];
}

function reasons(whys: readonly string[]): string {
  return `${whys.slice(0, 3).join('; ')}${whys.length > 3 ? `; and ${String(whys.length - 3)} more` : ''}`;
}
