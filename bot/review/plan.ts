import type { Blobs } from '../../analyzers/merge/types.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { ReviewInput } from './input.js';
import { applyPatches, type Step } from './steps.js';

/** A review before anything has run: its patches applied, step by step. */
export interface Plan {
  readonly input: ReviewInput;
  readonly steps: readonly Step[];
  /** Prerequisites, which are part of the code before. */
  readonly first: readonly Step[];
  /** For a pasted diff: the name of the patches below it, where it fits on top of them only. */
  readonly on: string | null;
}

/** Applies the patches. A diff that was pasted on top of the patch it answers fits that better than it fits the code before. */
export function planReview(base: SourceTree, input: ReviewInput, blobs?: Blobs): Plan {
  const first = applyPatches(base, input.first, blobs);
  const tree = first.at(-1)?.after ?? base;
  const plain = applyPatches(tree, input.patches, blobs);
  if (input.onTop === null || refused(plain) === 0) return { input, first, steps: plain, on: null };
  const below = applyPatches(tree, input.onTop.patches, blobs).at(-1)?.after ?? tree;
  const onTop = applyPatches(below, input.patches, blobs);
  return refused(onTop) < refused(plain) ? { input, first, steps: onTop, on: input.onTop.name } : { input, first, steps: plain, on: null };
}

/** How many files and hunks found no place. */
export const refused = (steps: readonly Step[]): number =>
  steps
    .flatMap((step) => step.merges)
    .reduce((sum, file) => sum + (file.kind === 'refused' ? 1 : file.kind === 'merged' ? file.refused.length : 0), 0);
