import { nameOfMarkerLine, treeNames } from './paths.js';
import type { HunkLine } from './types.js';

/** Counts of an `@@` line. */
export interface HunkHeader {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  readonly section: string;
}

/** The body of a hunk, and the index of the first line that does not belong to it. */
export interface HunkBody {
  readonly lines: readonly HunkLine[];
  readonly end: number;
}

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(.*)$/;

export function parseHunkHeader(line: string): HunkHeader | null {
  const match = HUNK.exec(line);
  if (!match) return null;
  const count = (text: string | undefined): number => (text === undefined ? 1 : Number(text));
  return {
    oldStart: Number(match[1]),
    oldCount: count(match[2]),
    newStart: Number(match[3]),
    newCount: count(match[4]),
    section: (match[5] ?? '').trim(),
  };
}

/** `--- x`, `+++ y`, `@@ …` in a row: the head of a file in a diff without git's own head. */
export function isMarkerTriple(lines: readonly string[], i: number): boolean {
  return (
    /^--- \S/.test(lines[i] ?? '') &&
    /^\+\+\+ \S/.test(lines[i + 1] ?? '') &&
    parseHunkHeader((lines[i + 2] ?? '').replace(/\r$/, '')) !== null
  );
}

/** A `-- ` line with git's version below it. */
export function isSignature(lines: readonly string[], i: number): boolean {
  return /^-- ?$/.test(lines[i] ?? '') && /^\d+\.\d[\w.+-]*( \(.*\))?\s*$/.test(lines[i + 1] ?? '');
}

const SNIP = /^\s*(?:\[\s*(?:\.{2,}|…|snip\b.*|cut\b.*|trim.*)\s*\]|<\s*(?:snip|cut)\b.*>|\(\s*\.{3}\s*\)|-*\s*8<.*)\s*$/i;

/** `[ ... ]`, `<snip>`: a person left out what stood here. */
export function isSnip(line: string): boolean {
  return line.length < 80 && SNIP.test(line);
}

const HARD_BOUNDARY = /^(?:diff --git |diff --cc |diff --combined |diff -\w+ \S|@@ -\d|@@@ |Index: \S)/;

/** What any boundary begins with. Most lines of a diff do not, and are done with here. */
const PERHAPS_BOUNDARY = /^(?:diff -|@@|Index: |\s*[[<(8-])/;

/**
 * Whether no hunk can go on across line i. Each line of a sound hunk begins with blank, plus, minus or backslash, so a git head or an `@@`
 * always ends it. `--- a/x` followed by `+++ b/x` and `@@` could be content, but only where both name the same file by accident.
 */
export function isBoundary(lines: readonly string[], i: number): boolean {
  const line = lines[i] ?? '';
  if (!PERHAPS_BOUNDARY.test(line)) return false;
  if (HARD_BOUNDARY.test(line)) return true;
  if (line.startsWith('--- ') && isMarkerTriple(lines, i)) {
    const names = treeNames(nameOfMarkerLine(line), nameOfMarkerLine(lines[i + 1] ?? ''));
    return names.oldPath === null || names.newPath === null || names.oldPath === names.newPath;
  }
  return isSignature(lines, i) || isSnip(line);
}

/** Index of the first boundary at or after `from`, or `to`. */
export function nextBoundary(lines: readonly string[], from: number, to: number): number {
  let i = from;
  while (i < to && !isBoundary(lines, i)) i++;
  return i;
}
