import type { Finding } from './schema.js';
import { wellFormed } from './text.js';

/** A line of a mail's diff: where it stands in the body, and which line of the new file it is or would be at. */
export interface DiffLine {
  /** Index in the body's lines. */
  readonly at: number;
  readonly file: string;
  /** For a removed line: the line of the new file that follows it. */
  readonly newLine: number;
  readonly kind: 'context' | 'added' | 'removed';
  /** Index, in the body's lines, of the `@@` above. */
  readonly hunk: number;
}

/** `exact`: the trace runs this very line. */
export interface Issue {
  readonly line: DiffLine;
  readonly exact: boolean;
}

/** The comment that belongs below a quoted line. */
export interface Anchored {
  /** Index, in the body's lines, of the last line to quote. */
  readonly at: number;
  readonly hunk: number;
  readonly comment: readonly string[];
}

/** The diff lines of a mail body. Damaged hunks are read as far as their counts go: a line with no known first column is context. */
export function diffLines(body: readonly string[]): DiffLine[] {
  const found: DiffLine[] = [];
  let file = '';
  for (let i = 0; i < body.length; i++) {
    const text = body[i] ?? '';
    if (text.startsWith('+++ ')) file = pathOf(text.slice(4));
    const header = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/.exec(text);
    if (header === null) continue;
    const hunk = i;
    let [before, after, newLine] = [Number(header[1] ?? 1), Number(header[3] ?? 1), Number(header[2])];
    while ((before > 0 || after > 0) && i + 1 < body.length && !/^(@@ |diff --git |-- $)/.test(body[i + 1] ?? '')) {
      i++;
      const kind = kindOf(body[i] ?? '');
      if (kind === null) continue;
      found.push({ at: i, file, newLine, kind, hunk });
      if (kind !== 'added') before--;
      if (kind === 'removed') continue;
      after--;
      newLine++;
    }
  }
  return found;
}

/**
 * The line that a finding is about: an added line that the trace runs (the last one run by another CPU than the one that comes to grief,
 * else the last one), else the added line nearest to what the trace runs of the patch, else to the functions that are in the mail. Null
 * when the mail has no such file.
 */
export function lineAtIssue(finding: Finding, lines: readonly DiffLine[]): Issue | null {
  const victim = finding.trace.findLast((step) => step.kind === 'bad')?.cpu ?? null;
  const ran = finding.trace.filter((step) => step.origin === 'patch').reverse();
  const places = [...ran.filter((step) => step.cpu !== victim), ...ran.filter((step) => step.cpu === victim)].flatMap((step) =>
    step.file === undefined || step.line === undefined ? [] : [{ file: step.file, line: step.line }],
  );
  const added = new Map(lines.filter((line) => line.kind === 'added').map((line) => [`${line.newLine} ${line.file}`, line]));
  const hit = places.map((place) => added.get(`${place.line} ${pathOf(place.file)}`)).find((line) => line !== undefined);
  if (hit !== undefined) return { line: hit, exact: true };
  const near =
    nearest(places, lines) ??
    nearest(
      finding.functions.filter((fn) => fn.from === 'patch'),
      lines,
    );
  return near === null ? null : { line: near, exact: false };
}

/**
 * The last body line to quote above a comment: the end of the statement at issue; where the line is only near, the end of the run of
 * changed lines that it is in. At most a few lines down, within the hunk.
 */
export function quoteEnd({ line, exact }: Issue, lines: readonly DiffLine[], body: readonly string[]): number {
  return exact ? statementEnd(line, lines, body) : changeEnd(line, lines);
}

/** The body with all but the hunks at issue cut out, `> ` before each line that stays, comments below the lines they are about. */
export function quoteWithComments(body: readonly string[], anchored: readonly Anchored[], lines: readonly DiffLine[]): string[] {
  const files = new Set(lines.map((line) => line.file));
  const out: string[] = [];
  let next = 0;
  const cut = (to: number): void => {
    // Blank lines alone are not worth a mark.
    if (body.slice(next, to).some((line) => line.trim() !== '')) out.push('[ ... ]');
    next = Math.max(next, to);
  };
  for (const anchor of [...anchored].sort((a, b) => a.at - b.at)) {
    if (next <= anchor.hunk) {
      const fileLine = files.size > 1 ? lastIndexBefore(body, anchor.hunk, '+++ ') : -1;
      if (fileLine >= next) {
        cut(fileLine);
        out.push(quoted(body[fileLine] ?? ''));
        next = fileLine + 1;
      }
      cut(anchor.hunk);
      out.push(quoted(body[anchor.hunk] ?? ''));
      next = anchor.hunk + 1;
    }
    if (anchor.at >= next) {
      cut(Math.max(next, anchor.at - LINES_ABOVE));
      for (; next <= anchor.at; next++) out.push(quoted(body[next] ?? ''));
    }
    out.push('', ...anchor.comment, '');
  }
  if (anchored.length === 0) cut(body.length);
  return out;
}

const MAX_STATEMENT = 4;
const MAX_CHANGE = 8;
const MAX_PLACES = 50;
/** More than the lines of any file. */
const FAR = 1e9;
const LINES_ABOVE = 9;
/** A line of a mail has at most 998 octets. */
const MAX_OCTETS = 990;

function quoted(line: string): string {
  if (Buffer.byteLength(line) > MAX_OCTETS) return '[ ... ]';
  // Tabs, form feeds and blanks are part of a patch; other control characters reach no terminal from here.
  return `> ${wellFormed(line)
    .replace(/[^\P{Cc}\t\f]/gu, '?')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '?')}`;
}

function kindOf(text: string): DiffLine['kind'] | null {
  if (text.startsWith('\\')) return null;
  return text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'context';
}

function pathOf(text: string): string {
  return (text.split('\t')[0] ?? '').trim().replace(/^[ab]\//, '');
}

function statementEnd(line: DiffLine, lines: readonly DiffLine[], body: readonly string[]): number {
  const from = lines.indexOf(line);
  let at = line.at;
  for (let i = from; i < lines.length && i <= from + MAX_STATEMENT; i++) {
    const candidate = lines[i];
    if (candidate?.hunk !== line.hunk) break;
    at = candidate.at;
    const code = (body[candidate.at] ?? '').slice(1).trimEnd();
    // Assembly ends a statement with its line; so do labels, braces and comments.
    if (!/\.[ch]$/.test(line.file) || code === '' || /[;{}:]$|\*\/$/.test(code)) return at;
  }
  return at;
}

function changeEnd(line: DiffLine, lines: readonly DiffLine[]): number {
  let at = line.at;
  for (const next of lines.slice(lines.indexOf(line) + 1, lines.indexOf(line) + 1 + MAX_CHANGE)) {
    if (next.hunk !== line.hunk || next.kind === 'context') break;
    at = next.at;
  }
  return at;
}

/** The added line least far from any of the places; where a file has none, any line of it. */
function nearest(places: readonly { readonly file: string; readonly line: number }[], lines: readonly DiffLine[]): DiffLine | null {
  let best: DiffLine | null = null;
  let bestDistance = Infinity;
  for (const place of places.slice(0, MAX_PLACES)) {
    const file = pathOf(place.file);
    for (const line of lines) {
      if (line.file !== file) continue;
      const distance = Math.abs(line.newLine - place.line) + (line.kind === 'added' ? 0 : FAR);
      if (distance < bestDistance) [best, bestDistance] = [line, distance];
    }
  }
  return best;
}

function lastIndexBefore(body: readonly string[], end: number, start: string): number {
  for (let i = end - 1; i >= 0; i--) if (body[i]?.startsWith(start)) return i;
  return -1;
}
