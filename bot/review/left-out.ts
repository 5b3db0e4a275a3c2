import type { FileDiff } from '../../analyzers/diff/types.js';
import type { FileMerge } from '../../analyzers/merge/types.js';
import type { Review } from '../report/schema.js';
import type { ReviewInput } from './input.js';
import { changedFunctions } from './functions-not-run.js';
import { flushWords, type Known } from './relevance.js';
import type { Step } from './steps.js';

/** A row of the report, with the functions that it is about. Data. */
export interface LeftOut {
  readonly row: Review['notModelled'][number];
  readonly functions: readonly string[];
}

/**
 * Says of each patch which hunks with flush or fault logic in them found no place in the code at hand: what they change is in no run, so that
 * silent runs say nothing of the patch as a whole.
 */
export function leftOut(known: Known, input: ReviewInput, steps: readonly Step[]): readonly LeftOut[] {
  return input.patches.flatMap((patch, i) =>
    patch.files.flatMap((file) => {
      const path = file.newPath ?? file.oldPath ?? '';
      const merge = steps[i]?.merges.find((each) => each.path === path);
      const refused = merge === undefined ? [] : refusedOf(merge, file);
      const hunks = file.hunks.filter((_, at) => refused.includes(at + 1));
      const words = flushWords(known, [{ ...file, hunks }]);
      if (words.length === 0) return [];
      const which =
        refused.length === file.hunks.length ? path : `${refused.length === 1 ? 'hunk' : 'hunks'} ${refused.join(', ')} of ${path}`;
      const why = `${which} changes ${words.slice(0, 4).join(', ')}, and has no place in the code at hand`;
      return [{ row: { what: patch.subject, why }, functions: hunks.flatMap((hunk) => changedFunctions(hunk, file)) }];
    }),
  );
}

/** Numbers of hunks, from 1. */
const refusedOf = (merge: FileMerge, { hunks }: FileDiff): readonly number[] => {
  if (merge.kind === 'refused') return hunks.map((_, at) => at + 1);
  return merge.kind === 'merged' ? merge.refused.map(({ hunk }) => hunk) : [];
};
