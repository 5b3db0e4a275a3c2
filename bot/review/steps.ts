import { mergePatch } from '../../analyzers/merge/merge.js';
import type { Blobs, FileMerge } from '../../analyzers/merge/types.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { FileDiff } from '../../analyzers/diff/types.js';

/** The trees on both sides of one patch, and how its hunks were brought in. */
export interface Step {
  readonly messageId: string;
  readonly before: SourceTree;
  readonly after: SourceTree;
  readonly merges: readonly FileMerge[];
  /** False where nothing of the patch is in the trees. */
  readonly changed: boolean;
}

/** Applies the patches of one series one after the other. */
export function applyPatches(
  base: SourceTree,
  patches: readonly { readonly messageId: string; readonly files: readonly FileDiff[] }[],
  blobs?: Blobs,
): Step[] {
  const steps: Step[] = [];
  let tree = base;
  for (const patch of patches) {
    const merge = mergePatch(tree, patch.files, blobs);
    const changed = merge.files.some((file) => file.kind !== 'refused');
    steps.push({
      messageId: patch.messageId,
      before: changed ? merge.before : tree,
      after: changed ? merge.after : tree,
      merges: merge.files,
      changed,
    });
    tree = changed ? merge.after : tree;
  }
  return steps;
}
