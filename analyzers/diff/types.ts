/** A line of a hunk, without its first column. `text` keeps tabs and trailing blanks; no line terminator. */
export interface HunkLine {
  readonly kind: 'context' | 'added' | 'removed';
  readonly text: string;
  /** "\ No newline at end of file" follows this line. */
  readonly noNewline: boolean;
}

export interface Hunk {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  /** What follows the second `@@`: usually the function before the hunk, cut off by git at some width. '' if absent. */
  readonly section: string;
  readonly lines: readonly HunkLine[];
  /** Line of the `@@` in the mail's decoded text, from 1. */
  readonly mailLine: number;
}

/** What happened to one file. Paths are kernel paths, unquoted, without a/ or b/, checked not to leave the root. */
export interface FileDiff {
  readonly oldPath: string | null;
  readonly newPath: string | null;
  readonly change: 'modified' | 'added' | 'deleted' | 'renamed' | 'copied' | 'mode' | 'binary';
  readonly hunks: readonly Hunk[];
  /** Blob hash prefixes of the `index` line, if there. */
  readonly oldBlob: string | null;
  readonly newBlob: string | null;
}

/** A problem with one part of a diff: the rest is still usable. `line` counts in the decoded text, from 1. */
export interface DiffProblem {
  readonly line: number;
  readonly what: string;
}

/** A repair made to a damaged diff (blanks lost by a web copy, wrapped lines, quoting removed), so that a report can say so. */
export interface DiffRepair {
  readonly line: number;
  readonly what: string;
}

export interface ParsedDiff {
  readonly files: readonly FileDiff[];
  readonly problems: readonly DiffProblem[];
  readonly repairs: readonly DiffRepair[];
}
