import type { FileDiff } from '../diff/types.js';
import type { SourceTree } from '../source/types.js';

/** How the hunks of one file were brought into a tree. */
export type FileMerge =
  /** Every hunk found its place. `placed` is the share of the pre-image's tokens that matched, 0 to 1. */
  | {
      readonly kind: 'merged';
      readonly path: string;
      readonly how: 'exact' | 'tokens' | 'new-file';
      readonly placed: number;
      /** Names that the mail uses for what the tree calls otherwise (mail's name, tree's name). */
      readonly renames: readonly (readonly [string, string])[];
      /** Hunks (counted from 1) that could not be placed, each with the reason; the others are in. */
      readonly refused: readonly { readonly hunk: number; readonly why: string }[];
      /** Hunks, counted from 1, that the tree had already, so that they were taken out of `before`; left out when there are none. */
      readonly reversed?: readonly number[];
    }
  /** The tree already had the change; it was taken out to get the tree before. */
  | { readonly kind: 'reversed'; readonly path: string; readonly placed: number }
  | { readonly kind: 'refused'; readonly path: string; readonly why: string };

export interface Merge {
  /** The tree without the patch. The input tree, unless a file was reversed or a rename had to be made on both sides. */
  readonly before: SourceTree;
  readonly after: SourceTree;
  readonly files: readonly FileMerge[];
}

export type MergePatch = (tree: SourceTree, files: readonly FileDiff[]) => Merge;
