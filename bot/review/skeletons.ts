import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { folderTree } from '../../analyzers/source/folder-tree.js';
import { layered } from '../../analyzers/source/memory-tree.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { ReviewInput } from './input.js';
import { type Plan, planReview, refused } from './plan.js';

/** Our own stand-ins for the kernel of one age. */
export interface Skeleton {
  /** The release that they are like: `v6.8`. */
  readonly version: string;
  readonly tree: SourceTree;
  /** Whether it has a file of its own there: all others are those of the next newer one. */
  readonly differsIn: (path: string) => boolean;
}

const NEWEST = 'v6.8';

/** Newest first. Below `older`, each folder is named after a release and holds the files that differ from the next newer one's. */
export function loadSkeletons(newest: string, older: string): readonly Skeleton[] {
  const skeletons: Skeleton[] = [{ version: NEWEST, tree: folderTree(newest, 'skeleton'), differsIn: () => true }];
  const number = (name: string): number => Number(/^v(\d+)\.(\d+)$/.exec(name)?.[1]) * 1000 + Number(/^v(\d+)\.(\d+)$/.exec(name)?.[2]);
  const names = readdirSync(older).filter((name) => !Number.isNaN(number(name)));
  for (const version of names.sort((a, b) => number(b) - number(a))) {
    const own = folderTree(join(older, version), 'skeleton');
    const below = skeletons.at(-1)?.tree ?? own;
    skeletons.push({ version, tree: layered(own, below), differsIn: (path) => own.read(path) !== null });
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
