import { folderTree } from '../../analyzers/source/folder-tree.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { ReviewInput } from './input.js';
import { treeAtAge } from './ages.js';
import { type Plan, planReview, refused } from './plan.js';

/** Our own stand-ins for the kernel of one age. */
export interface Skeleton {
  /** The release that they are like: `v6.8`. */
  readonly version: string;
  readonly tree: SourceTree;
  /** Whether a file is another than at the next newer age. */
  readonly differsIn: (path: string) => boolean;
}

/** Below `root`, of each of the releases (`ages`), newest first. */
export function loadSkeletons(root: string, ages: readonly string[]): readonly Skeleton[] {
  const all = folderTree(root, 'skeleton');
  const skeletons: Skeleton[] = [];
  for (const version of ages) {
    const tree = treeAtAge(all, version);
    const newer = skeletons.at(-1)?.tree;
    skeletons.push({ version, tree, differsIn: (path) => tree.read(path)?.text !== newer?.read(path)?.text });
  }
  return skeletons;
}

/**
 * Applies the patches to the skeletons of the age that they fit best: the one that refuses the fewest files and hunks; of several, the one that has
 * the least of them already, since what came with a change is not there before it; of these, the newest.
 */
export function planOnSkeletons(
  skeletons: readonly Skeleton[],
  input: ReviewInput,
): { readonly plan: Plan; readonly version: string } | null {
  let best: { readonly plan: Plan; readonly version: string; readonly refused: number; readonly had: number } | null = null;
  const patches = [...input.first, ...(input.onTop?.patches ?? []), ...input.patches];
  const paths = patches.flatMap(({ files }) => files.flatMap(({ oldPath, newPath }) => [oldPath ?? '', newPath ?? '']));
  for (const { version, tree, differsIn } of skeletons) {
    if (best?.refused === 0 && best.had === 0) break;
    if (best !== null && !paths.some((path) => path !== '' && differsIn(path))) continue;
    const plan = planReview(tree, input);
    const left = refused([...plan.first, ...plan.steps]);
    const had = reversed([...plan.first, ...plan.steps]);
    if (best === null || left < best.refused || (left === best.refused && had < best.had)) best = { plan, version, refused: left, had };
  }
  return best;
}

/** How many files the tree had as the patches leave them. */
const reversed = (steps: Plan['steps']): number => steps.flatMap(({ merges }) => merges).filter(({ kind }) => kind === 'reversed').length;
