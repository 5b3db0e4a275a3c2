import type { FileDiff } from '../diff/types.js';
import type { SourceTree } from '../source/types.js';

/**
 * How one hunk found its place. `exact`: word for word, as `git am` does. `three-way`: by the blob that the patch's index line names, as
 * `git am -3` does. `tokens`: by the tokens of its context, function by function.
 */
export type Way = 'exact' | 'three-way' | 'tokens';

/** Where one hunk went. */
export interface HunkPlace {
  /** From 1. */
  readonly hunk: number;
  readonly way: Way;
  /** Line of the tree's file, from 1, at which its first change stands; 0 for a hunk that changes no code. */
  readonly line: number;
  /** Share of the tokens of its context that were found, 0 to 1. */
  readonly placed: number;
}

/** Contents of files by their hash in a repository, or the beginning of it; null for what is not at hand. */
export type Blobs = (hash: string) => string | null;

/** How the hunks of one file were brought into a tree. */
export type FileMerge =
  /** Every hunk found its place. `placed` is the share of the pre-image's tokens that matched, 0 to 1. */
  | {
      readonly kind: 'merged';
      readonly path: string;
      /** The weakest way among its hunks. */
      readonly how: Way | 'new-file';
      readonly placed: number;
      readonly hunks: readonly HunkPlace[];
      /** Names that the mail uses for what the tree calls otherwise (mail's name, tree's name). */
      readonly renames: readonly (readonly [string, string])[];
      /** Hunks (counted from 1) that could not be placed, each with the reason; the others are in. */
      readonly refused: readonly { readonly hunk: number; readonly why: string }[];
      /** Hunks, counted from 1, that the tree had already, so that they were taken out of `before`; left out when there are none. */
      readonly reversed?: readonly number[];
      /** Hunks that the tree had, and has changed since: `before` and `after` have their functions as the mail does. Left out when there are none. */
      readonly restored?: readonly number[];
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

export type MergePatch = (tree: SourceTree, files: readonly FileDiff[], blobs?: Blobs) => Merge;
