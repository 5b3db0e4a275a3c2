import { markNoNewline } from './hunk.js';
import { type HunkHeader, isSignature, isSnip } from './lines.js';
import type { HunkLine } from './types.js';

/** A hunk read by its lines where its header's counts are wrong. */
export interface EditedHunk {
  /** The header with the counts of the lines; where it starts is kept. */
  readonly header: HunkHeader;
  readonly lines: readonly HunkLine[];
  /** Index of the first line that does not belong to the hunk. */
  readonly end: number;
  /** Index behind the lines that show that the hunk ends there: prose, a signature, the next head, the end of the text. */
  readonly seenTo: number;
}

/**
 * What stands behind the hunk. `more`: a head, git's signature, or prose below an empty line, none of which a program that cuts mails puts
 * there. `open`: the text ends, or goes on with something that need not be its writer's. `left out`: a person says that lines are missing.
 */
type Behind = 'more' | 'open' | 'left out';

interface Stop {
  readonly at: number;
  readonly behind: Behind;
  readonly seenTo: number;
}

/**
 * Reads lines[from..to) as the hunk that an editor left behind: who edits a mail by hand does not count anew. `to` is the next boundary or
 * the end of the text. Null where a line has no first column of a diff and the diff goes on behind it, or where the hunk was cut.
 *
 * Edited or cut? A hunk that lacks lines was edited if its writer's text goes on behind it. If nothing follows, it may have been cut, and
 * half a change must not pass for a whole one. It is taken only where no `+` or `-` can have been lost by a cut. A cut takes the tail, and
 * the tail of a hunk is context (save at the end of a file), so the last line must be context, and moreover
 * - one side has all the lines it was promised: a tail with context would be missing on both sides; or
 * - both sides lack the same number, no more than completes the context that closes a hunk: three lines, or as many as open it.
 */
export function readEditedHunk(lines: readonly string[], from: number, to: number, header: HunkHeader): EditedHunk | null {
  const stop = whereItStops(lines, from, to, header);
  if (stop === null) return null;
  const end = withoutTrailingBlanks(lines, from, stop, header);
  const body = hunkLines(lines, from, end);
  if (body.length === 0) return null;
  const { oldCount, newCount } = countsOf(body);
  // A file that is all new has no old line: what looks like context there belongs to something else.
  if ((header.oldCount === 0 && oldCount > 0) || (header.newCount === 0 && newCount > 0)) return null;
  const oldMissing = header.oldCount - oldCount;
  const newMissing = header.newCount - newCount;
  const lacks = oldMissing > 0 || newMissing > 0;
  if (lacks && (stop.behind === 'left out' || (stop.behind === 'open' && mayBeCut(body, oldMissing, newMissing)))) return null;
  return { header: { ...header, oldCount, newCount }, lines: body, end, seenTo: stop.seenTo };
}

function mayBeCut(body: readonly HunkLine[], oldMissing: number, newMissing: number): boolean {
  if (body.at(-1)?.kind !== 'context') return true;
  if (oldMissing <= 0 || newMissing <= 0) return false;
  const leading = body.findIndex((line) => line.kind !== 'context');
  if (leading < 0 || oldMissing !== newMissing) return true;
  return trailingContext(body) + oldMissing > Math.max(3, leading);
}

function whereItStops(lines: readonly string[], from: number, to: number, header: HunkHeader): Stop | null {
  let oldSeen = 0;
  let newSeen = 0;
  for (let i = from; i < to; i++) {
    const line = lines[i] ?? '';
    if (isLastDashes(lines, i, to)) return { at: i, behind: 'more', seenTo: to };
    // A list below the diff begins its lines as removed lines do.
    const complete = oldSeen >= header.oldCount && newSeen >= header.newCount;
    const isList = complete && lines[i - 1] === '' && /^[-+] \S/.test(line);
    if (isList || !/^(?:[-+ \\]|$)/.test(line)) return stopAtProse(lines, i, to);
    if (line.startsWith('\\')) continue;
    if (!line.startsWith('+')) oldSeen++;
    if (!line.startsWith('-')) newSeen++;
  }
  if (to >= lines.length) return { at: to, behind: 'open', seenTo: to };
  if (isSnip(lines[to] ?? '')) return { at: to, behind: 'left out', seenTo: to };
  return { at: to, behind: 'more', seenTo: isSignature(lines, to) ? to + 2 : to + 1 };
}

/** `--` as the last line of the text: a signature without a version. */
function isLastDashes(lines: readonly string[], i: number, to: number): boolean {
  if (to < lines.length || !/^-- ?$/.test(lines[i] ?? '')) return false;
  for (let at = i + 1; at < to; at++) if (lines[at] !== '') return false;
  return true;
}

/**
 * A line without a first column. Below an empty line it is prose if no diff goes on behind it. Without one it may as well be a damaged
 * line of the hunk, and `_____` is the foot that mailing lists put below whatever they send, cut or not.
 */
function stopAtProse(lines: readonly string[], at: number, to: number): Stop | null {
  for (let i = at; i < to; i++) if (isChange(lines[i] ?? '')) return null;
  const isProse = lines[at - 1] === '' && !/^_{5}/.test(lines[at] ?? '');
  return { at, behind: isProse ? 'more' : 'open', seenTo: at + 1 };
}

/** An added or removed line of code, as against an item of a list, a vote or a signature. */
function isChange(line: string): boolean {
  return /^[-+](?:\s*$|\t|[#{}/*]| {4}| \*)/.test(line) || (/^[-+].*[;{},)\\]\s*$/.test(line) && !/^[-+]\d+\b/.test(line));
}

/**
 * Empty lines at the end are empty context only as far as the header needs them, for copies strip the blank of such a line, and mails have
 * empty lines below the diff. Where the text ends they must not make a cut hunk look complete: one may close two lines of context.
 */
function withoutTrailingBlanks(lines: readonly string[], from: number, stop: Stop, header: HunkHeader): number {
  let end = stop.at;
  while (end > from && lines[end - 1] === '') end--;
  const body = hunkLines(lines, from, end);
  const { oldCount, newCount } = countsOf(body);
  const most = stop.behind === 'more' ? stop.at - end : Math.min(stop.at - end, trailingContext(body) >= 2 ? 1 : 0);
  const needed = [header.oldCount - oldCount, header.newCount - newCount].filter((count) => count >= 0 && count <= most);
  return end + (needed.length > 0 ? Math.min(...needed) : 0);
}

function trailingContext(body: readonly HunkLine[]): number {
  return body.length - 1 - body.findLastIndex((line) => line.kind !== 'context');
}

function hunkLines(lines: readonly string[], from: number, to: number): readonly HunkLine[] {
  const body: HunkLine[] = [];
  for (let i = from; i < to; i++) {
    const line = lines[i] ?? '';
    if (line.startsWith('\\')) markNoNewline(body);
    else
      body.push({
        kind: line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'context',
        text: line.slice(1),
        noNewline: false,
      });
  }
  return body;
}

function countsOf(body: readonly HunkLine[]): { readonly oldCount: number; readonly newCount: number } {
  return {
    oldCount: body.filter((line) => line.kind !== 'added').length,
    newCount: body.filter((line) => line.kind !== 'removed').length,
  };
}

/** Whether lines behind a hunk that has all it was promised go on as a diff, so that the header promises too little. */
export function goesOn(lines: readonly string[], from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const line = lines[i] ?? '';
    if (isChange(line) && !isLastDashes(lines, i, to)) return true;
    if (line.trim() !== '' && !line.startsWith(' ')) return false;
  }
  return false;
}
