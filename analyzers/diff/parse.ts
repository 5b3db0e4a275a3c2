import parseGitDiff from 'parse-diff';
import { isFileStart } from './head.js';
import { isMarkerTriple } from './lines.js';
import { groupRepairs, type RepairNote, unstuff } from './repair.js';
import { type ScannedFile, type ScannedHunk, scanDiff } from './scan.js';
import type { DiffProblem, FileDiff, Hunk, HunkLine, ParsedDiff } from './types.js';

export interface ParseOptions {
  /** False: read strictly, every disagreement is a problem. By default damage done by web copies and mail clients is repaired where the counts then agree. */
  readonly damaged?: boolean;
  /** False: hunks are not read a second time by parse-diff, which tells nothing new but where the two disagree. For who only wants to know what there is. */
  readonly checked?: boolean;
}

/**
 * Reads the unified diff in a patch mail, a .patch file or a reply. Never throws; what cannot be used is named in `problems` with its line
 * (from 1) and the rest survives. A commit message above the diff is left out, whatever it quotes.
 */
export function parseDiff(text: string, options: ParseOptions = {}): ParsedDiff {
  const lines = diffLines(text);
  const problems: DiffProblem[] = [];
  const from = startOfDiff(lines, problems);
  const scan = scanDiff(lines, from, lines.length, options.damaged ?? true);
  for (const problem of scan.problems) problems.push(problem);
  const notes: RepairNote[] = [];
  const unstuffed = options.damaged === false ? null : unstuffFiles(scan.files, notes);
  const files = (unstuffed ?? scan.files).map((file) => toFileDiff(file, problems, options.checked ?? true));
  const repairs = scan.files.flatMap((file) => named(file, groupRepairs(file.notes)));
  return { files, problems: problems.sort((a, b) => a.line - b.line), repairs: [...repairs, ...groupRepairs(notes)] };
}

/**
 * The parts [start, end) of the text (line indices from 0) that hold diffs; only blank lines stand between the files of one part. Where the
 * counts of a part's last hunk are wrong, the part goes on to what shows that the hunk is whole, so that it reads the same on its own.
 */
export function diffRanges(text: string): readonly { readonly start: number; readonly end: number }[] {
  const lines = diffLines(text);
  const ranges: { start: number; end: number }[] = [];
  let lastEnd = 0;
  for (const file of scanDiff(lines, 0, lines.length, true).files) {
    const last = ranges.at(-1);
    const between = last ? lines.slice(lastEnd, file.start) : [];
    if (last && between.every((line) => line.trim() === '' || /^(?:Index: |={20,}|diff )/.test(line))) last.end = file.seenTo;
    else ranges.push({ start: file.start, end: file.seenTo });
    lastEnd = file.end;
  }
  return ranges;
}

/** Lines without their terminator. CR belongs to the transport where the diff's own head lines have it, to the file where only content has. */
function diffLines(text: string): readonly string[] {
  const lines = text.split('\n');
  if (!text.includes('\r')) return lines;
  const transport = lines.some((line) => /^(?:diff --git |--- |\+\+\+ |@@ -).*\r$/.test(line));
  return transport ? lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)) : lines;
}

/**
 * Where the commit message ends: at its `---` line or at the first `diff --git`, whichever comes first. Without either, at the first file
 * head. A diff that stands above that is quoted by the message.
 */
function startOfDiff(lines: readonly string[], problems: DiffProblem[]): number {
  let triple = -1;
  let separator = -1;
  let start = -1;
  for (let i = 0; i < lines.length && start < 0; i++) {
    const line = lines[i] ?? '';
    if (line.startsWith('diff --git ') || /^diff --(?:cc|combined) /.test(line)) start = i;
    else if (isMarkerTriple(lines, i)) {
      if (separator >= 0) start = i;
      else if (triple < 0) triple = i;
    } else if (separator < 0 && /^---\s*$/.test(line)) separator = i;
  }
  if (start < 0) return Math.max(triple, 0);
  if (triple >= 0 && triple < start) {
    problems.push({ line: triple + 1, what: `the diff at line ${triple + 1} stands in the commit message and is left out` });
  }
  // Hunks without a file name, left over from trimming, are worth a word when they stand below the separator.
  return separator >= 0 && separator < start && !isFileStart(lines, separator) ? separator + 1 : start;
}

function unstuffFiles(files: readonly ScannedFile[], notes: RepairNote[]): readonly ScannedFile[] | null {
  const all = files.flatMap((file) => file.hunks);
  const result = unstuff(all.map((hunk) => hunk.lines));
  const first = all[0];
  if (result.count === 0 || !first) return null;
  notes.push({ kind: 'stuffed', at: first.at, count: result.count });
  let next = 0;
  return files.map((file) => ({ ...file, hunks: file.hunks.map((hunk) => ({ ...hunk, lines: result.hunks[next++] ?? hunk.lines })) }));
}

function named(file: ScannedFile, repairs: ReturnType<typeof groupRepairs>): ReturnType<typeof groupRepairs> {
  const path = file.head.names?.newPath ?? file.head.names?.oldPath ?? '';
  return repairs.map((repair) => ({ line: repair.line, what: `${path}: ${repair.what}` }));
}

/**
 * The one door to parse-diff. It gets each file as a clean text of its own, every hunk counted beforehand, because on text as mailed it
 * swallows the next file's head into a short hunk and drops what is too long. What it reads must be what was counted.
 */
function toFileDiff(file: ScannedFile, problems: DiffProblem[], checked: boolean): FileDiff {
  const parsed = checked && file.hunks.length > 0 ? parseGitDiff(cleanText(file.hunks)) : [];
  const chunks = parsed.flatMap((entry) => entry.chunks);
  const hunks: Hunk[] = [];
  for (const [index, scanned] of file.hunks.entries()) {
    if (!checked) {
      hunks.push({ ...scanned.header, lines: scanned.lines, mailLine: scanned.at + 1 });
      continue;
    }
    const chunk = chunks[index];
    const lines = chunk ? hunkLines(chunk) : [];
    if (!chunk || !sameLines(lines, scanned.lines)) {
      problems.push({ line: scanned.at + 1, what: `two readings of the hunk at line ${scanned.at + 1} disagree; it is left out` });
      continue;
    }
    hunks.push({ ...scanned.header, lines, mailLine: scanned.at + 1 });
  }
  const { head } = file;
  return {
    oldPath: head.names?.oldPath ?? null,
    newPath: head.names?.newPath ?? null,
    change: head.change,
    hunks,
    oldBlob: head.oldBlob,
    newBlob: head.newBlob,
  };
}

const COLUMN: Readonly<Record<HunkLine['kind'], string>> = { context: ' ', added: '+', removed: '-' };
const NO_NEWLINE = '\\ No newline at end of file';

function cleanText(hunks: readonly ScannedHunk[]): string {
  const out: string[] = ['--- a/file', '+++ b/file'];
  for (const { header, lines } of hunks) {
    out.push(`@@ -${header.oldStart},${header.oldCount} +${header.newStart},${header.newCount} @@`);
    for (const line of lines) {
      out.push(COLUMN[line.kind] + line.text);
      if (line.noNewline) out.push(NO_NEWLINE);
    }
  }
  return out.join('\n');
}

function hunkLines(chunk: parseGitDiff.Chunk): readonly HunkLine[] {
  const lines: HunkLine[] = [];
  for (const change of chunk.changes) {
    const last = lines.at(-1);
    // parse-diff gives the marker as one more change of the previous line's kind.
    if (change.content === NO_NEWLINE && last) lines[lines.length - 1] = { ...last, noNewline: true };
    else lines.push({ kind: KIND[change.type], text: change.content.slice(1), noNewline: false });
  }
  return lines;
}

const KIND: Readonly<Record<parseGitDiff.ChangeType, HunkLine['kind']>> = { normal: 'context', add: 'added', del: 'removed' };

function sameLines(a: readonly HunkLine[], b: readonly HunkLine[]): boolean {
  return (
    a.length === b.length && a.every((line, i) => line.kind === b[i]?.kind && line.text === b[i].text && line.noNewline === b[i].noNewline)
  );
}
