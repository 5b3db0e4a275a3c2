import type { FileDiff, Hunk, HunkLine, ParsedDiff } from '../../analyzers/diff/types.js';

/** A function whose lines are all marked as added, without the marks. */
interface Marked {
  readonly name: string;
  readonly lines: readonly string[];
  /** Index of its first line. */
  readonly at: number;
}

/** Lines that a function's head may take. */
const HEAD = 6;

/**
 * Functions of C that a reply writes anew without saying where: each takes the place of the one of the same name that the patch adds. One that is
 * word for word the patch's own is a quote. Null where there is none.
 */
export function rewrittenFunctions(body: string, patch: ParsedDiff): ParsedDiff | null {
  const marked = functionsOf(body.split('\n').map((text) => (text.startsWith('+') ? text.slice(1) : null)));
  const files = patch.files.flatMap((file): FileDiff[] => {
    const hunks = file.hunks.flatMap((hunk) => marked.flatMap((own) => replacing(own, hunk) ?? []));
    const path = file.newPath;
    if (hunks.length === 0 || path === null) return [];
    return [{ oldPath: path, newPath: path, change: 'modified', hunks, oldBlob: null, newBlob: null }];
  });
  return files.length === 0 ? null : { files, problems: [], repairs: [] };
}

function replacing(own: Marked, hunk: Hunk): Hunk | null {
  const added = hunk.lines.map(({ kind, text }) => (kind === 'added' ? text : null));
  const old = functionsOf(added).find(({ name }) => name === own.name);
  if (old === undefined || words(old.lines) === words(own.lines)) return null;
  const start = hunk.newStart + hunk.lines.slice(0, old.at).filter(({ kind }) => kind !== 'removed').length;
  const line = (kind: HunkLine['kind']) => (text: string) => ({ kind, text, noNewline: false });
  return {
    oldStart: start,
    oldCount: old.lines.length,
    newStart: start,
    newCount: own.lines.length,
    section: '',
    lines: [...old.lines.map(line('removed')), ...own.lines.map(line('added'))],
    mailLine: own.at + 1,
  };
}

const words = (lines: readonly string[]): string => lines.join(' ').replace(/\s+/g, '');

/** The functions among lines of which null is none, each without a gap. */
function functionsOf(lines: readonly (string | null)[]): Marked[] {
  const found: Marked[] = [];
  for (let at = 0; at < lines.length; at++) {
    const name = /^[A-Za-z_][\w\s*]*?\b([A-Za-z_]\w*)\s*\(/.exec(lines[at] ?? '')?.[1];
    if (name === undefined) continue;
    const open = lines.slice(at, at + HEAD).findIndex((text) => text === '{');
    const close = open < 0 ? -1 : lines.slice(at + open).findIndex((text) => text === null || text.trimEnd() === '}');
    const end = at + open + close;
    if (close < 0 || lines[end] === null) continue;
    const whole = lines.slice(at, end + 1).filter((text) => text !== null);
    if (whole.length === end + 1 - at && !whole.slice(0, open).some((text) => text.includes(';'))) found.push({ name, lines: whole, at });
    at = end;
  }
  return found;
}
