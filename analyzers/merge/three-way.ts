import type { Hunk } from '../diff/types.js';
import type { SourceFile } from '../source/types.js';
import type { Edit, Inserted } from './edit.js';
import { placeInSequence } from './in-sequence.js';
import { matchLines } from './line-diff.js';
import { type Lines, linesOf, splitLines } from './lines.js';

/** What becomes of one hunk when its change of the base is made in the tree's file as well. */
export type ThreeWay =
  /** Edits of the tree's file that bring the change in. `line`: where the first one is, from 0. */
  | { readonly kind: 'in'; readonly edits: readonly Edit[]; readonly line: number }
  /** The tree's file has made the same change; these edits take it out. */
  | { readonly kind: 'there'; readonly edits: readonly Edit[]; readonly line: number }
  /** The tree's file has changed the same lines in another way. */
  | { readonly kind: 'conflict' };

/**
 * The merge that `git am -3` makes when a patch's context is not in the file: `base` is the blob that the patch's index line names, to which
 * the hunks apply word for word; lines are matched from there to the tree's file. As there, two changes conflict when they touch. Null when
 * the hunks are not made for `base`.
 */
export function threeWay(hunks: readonly Hunk[], base: string, file: SourceFile): readonly ThreeWay[] | null {
  const from = splitLines(base);
  const places = placeInSequence(hunks, from);
  if (places === null) return null;
  const into = linesOf(file);
  const match = matchLines(from.texts, into.texts);
  return hunks.map((hunk, i) => placeHunk(hunk, places[i] ?? 0, { from, into, match, file }));
}

interface Sides {
  readonly from: Lines;
  readonly into: Lines;
  readonly match: Int32Array;
  readonly file: SourceFile;
}

/** One run of changed lines: of the base [start, end) goes, `added` comes. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly added: readonly { readonly text: string; readonly number: number }[];
}

function placeHunk(hunk: Hunk, place: number, sides: Sides): ThreeWay {
  const changes = changesOf(hunk, place);
  const met = changes.map((change) => meet(change, sides));
  const first = met[0];
  const line = first === undefined || first === 'conflict' ? 0 : first.start;
  const edits = (kind: 'in' | 'there'): Edit[] | null => {
    const made: Edit[] = [];
    for (const [i, one] of met.entries()) {
      const change = changes[i];
      if (one === 'conflict' || change === undefined || one.kind !== kind) return null;
      made.push(kind === 'in' ? bring(change, one, sides) : take(change, one, sides));
    }
    return made;
  };
  const into = edits('in');
  if (into !== null) return { kind: 'in', edits: into, line };
  const there = edits('there');
  return there === null ? { kind: 'conflict' } : { kind: 'there', edits: there, line };
}

function changesOf(hunk: Hunk, place: number): Change[] {
  const changes: Change[] = [];
  let at = place;
  let number = hunk.newStart;
  let start = at;
  let added: { text: string; number: number }[] = [];
  const flush = (): void => {
    if (at > start || added.length > 0) changes.push({ start, end: at, added });
    added = [];
  };
  for (const { kind, text } of hunk.lines) {
    if (kind === 'context') {
      flush();
      at += 1;
      start = at;
      number += 1;
    } else if (kind === 'removed') at += 1;
    else {
      added.push({ text, number });
      number += 1;
    }
  }
  flush();
  return changes;
}

/** The lines [start, end) of the tree's file that stand where a change's base lines stood. */
interface Met {
  readonly kind: 'in' | 'there';
  readonly start: number;
  readonly end: number;
}

function meet(change: Change, { from, into, match }: Sides): Met | 'conflict' {
  const matched = (line: number): number => (line < 0 ? -1 : line >= from.texts.length ? into.texts.length : (match[line] ?? -1));
  const left = matched(change.start - 1);
  const right = matched(change.end);
  if ((left < 0 && change.start > 0) || right < 0) return 'conflict';
  const [start, end] = [left + 1, right];
  const texts = into.texts.slice(start, end);
  const there = texts.length === change.added.length && texts.every((text, i) => text === change.added[i]?.text);
  if (there) return { kind: 'there', start, end };
  const same = end - start === change.end - change.start && texts.every((text, i) => text === from.texts[change.start + i]);
  return same ? { kind: 'in', start, end } : 'conflict';
}

const offset = ({ starts }: Lines, file: SourceFile, line: number): number => starts[line] ?? file.text.length;

function lineEdit(sides: Sides, start: number, end: number, insert: readonly Inserted[]): Edit {
  const { into, file } = sides;
  const open = end >= into.starts.length && !file.text.endsWith('\n');
  return {
    start: offset(into, file, start),
    end: offset(into, file, end),
    insert,
    breakBefore: true,
    breakAfter: open ? 'soft' : 'force',
    continued: false,
  };
}

function bring(change: Change, { start, end }: Met, sides: Sides): Edit {
  const insert = change.added.map(({ text, number }): Inserted => ({ text, origin: { origin: 'patch', line: number } }));
  return lineEdit(sides, start, end, insert);
}

/** The base's lines come back as lines of the tree: that is where the change was made. */
function take(change: Change, { start, end }: Met, sides: Sides): Edit {
  const { origin, line } = sides.file.lines[start] ?? { origin: 'tree', line: start + 1 };
  const texts = sides.from.texts.slice(change.start, change.end);
  return lineEdit(
    sides,
    start,
    end,
    texts.map((text, i): Inserted => ({ text, origin: { origin, line: line + i } })),
  );
}
