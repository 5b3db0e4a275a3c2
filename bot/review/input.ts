import type { DiffProblem, DiffRepair, FileDiff } from '../../analyzers/diff/types.js';
import type { BaseClues } from '../series/base.js';

/** One patch, ready to be applied. */
export interface PatchInput {
  readonly index: number;
  readonly subject: string;
  readonly messageId: string;
  readonly files: readonly FileDiff[];
  readonly problems: readonly DiffProblem[];
  readonly repairs: readonly DiffRepair[];
}

/** What one review is of: a version of a series, or a pasted diff. Data, so that it can be sent to a thread. */
export interface ReviewInput {
  readonly kind: 'series' | 'pasted';
  readonly title: string;
  readonly version: number;
  readonly patches: readonly PatchInput[];
  /** For a pasted diff: which one of its mail. */
  readonly ordinal: number;
  readonly problems: readonly string[];
  /** Which patches of the series are not at hand, as a sentence; null where all are. */
  readonly missing: string | null;
  /** For a pasted diff: the patches up to the one it answers, which it may be meant to go on top of. */
  readonly onTop: { readonly name: string; readonly patches: readonly PatchInput[] } | null;
  /** Patches of other series that have to be applied before. */
  readonly first: readonly PatchInput[];
  /** What the mails say of the code they are made for. */
  readonly base: BaseClues | null;
}
