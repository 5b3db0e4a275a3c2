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

interface Applied {
  readonly messageId: string;
  readonly files: readonly FileDiff[];
}

/**
 * Applies the patches of one series one after the other. Where the tree has a later one of them already, all that it has of the series is
 * taken out first, the last patch before the others: each patch has to stand on those before it, and on none of those after it.
 */
export function applyPatches(base: SourceTree, patches: readonly Applied[], blobs?: Blobs): Step[] {
  const plain = applied(base, patches, blobs);
  if (!plain.some(({ merges }, i) => i > 0 && merges.some(wasThere))) return plain;
  let tree = base;
  const back: Step[] = [];
  for (const patch of patches.toReversed()) {
    const step = stepOf(tree, patch, blobs);
    back.unshift(step);
    tree = step.before;
  }
  return applied(tree, patches, blobs).map((step, i) => ({
    ...step,
    merges: step.merges.map((merge, k) => told(merge, back[i]?.merges[k])),
  }));
}

function applied(base: SourceTree, patches: readonly Applied[], blobs: Blobs | undefined): Step[] {
  let tree = base;
  return patches.map((patch) => {
    const step = stepOf(tree, patch, blobs);
    tree = step.after;
    return step;
  });
}

function stepOf(tree: SourceTree, { messageId, files }: Applied, blobs: Blobs | undefined): Step {
  const merge = mergePatch(tree, files, blobs);
  const changed = merge.files.some((file) => file.kind !== 'refused');
  const [before, after] = changed ? [merge.before, merge.after] : [tree, tree];
  return { messageId, before, after, merges: merge.files, changed };
}

const wasThere = (merge: FileMerge): boolean =>
  merge.kind === 'reversed' || (merge.kind === 'merged' && (merge.reversed !== undefined || merge.restored !== undefined));

/** What came in again, as what it is to people: there already. */
function told(merge: FileMerge, back: FileMerge | undefined): FileMerge {
  if (back === undefined || merge.kind !== 'merged' || merge.refused.length > 0 || !wasThere(back)) return merge;
  if (back.kind === 'reversed') return back;
  if (back.kind === 'refused') return merge;
  const { reversed, restored } = back;
  return { ...merge, ...(reversed ? { reversed } : {}), ...(restored ? { restored } : {}) };
}
