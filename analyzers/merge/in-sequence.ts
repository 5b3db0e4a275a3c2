import type { FileDiff, Hunk } from '../diff/types.js';
import type { SourceFile } from '../source/types.js';
import type { OriginOf } from './anchor.js';
import { applyEdits } from './edit.js';
import { exactEdits } from './exact.js';
import { reverseHunk } from './image.js';
import { type Lines, linesOf, placesOf } from './lines.js';
import type { Rename } from './renames.js';
import type { FileMerge, HunkPlace } from './types.js';

/** A file before and after, and how it came about. */
export interface MergedFile {
  readonly before: SourceFile;
  readonly after: SourceFile;
  readonly merge: FileMerge;
  readonly renames: readonly Rename[];
}

/** The diff as `git apply` takes it: every hunk word for word, forward or, where the tree has it already, backward. Needs no tokens. */
export function inSequence(diff: FileDiff, file: SourceFile): MergedFile | null {
  if (diff.hunks.length === 0) return null;
  const lines = linesOf(file);
  const edit = (hunks: readonly Hunk[], places: readonly number[], originOf: OriginOf): SourceFile => {
    const edits = hunks.flatMap((hunk, i) => exactEdits(hunk, file, places[i] ?? 0, originOf));
    return applyEdits(file, edits);
  };
  const places = placeInSequence(diff.hunks, lines);
  if (places !== null) {
    const after = edit(diff.hunks, places, (line) => ({ origin: 'patch', line }));
    const hunks = diff.hunks.map(
      (hunk, i): HunkPlace => ({ hunk: i + 1, way: 'exact', line: firstChange(hunk, places[i] ?? 0), placed: 1 }),
    );
    const merge: FileMerge = { kind: 'merged', path: file.path, how: 'exact', placed: 1, hunks, renames: [], refused: [] };
    return { before: file, after, merge, renames: [] };
  }
  // Context that stands around nothing says little: lines that only go may be absent for any reason.
  if (!diff.hunks.every((hunk) => hunk.lines.some((line) => line.kind === 'added' && line.text.trim() !== ''))) return null;
  const back = diff.hunks.map(reverseHunk);
  const there = placeInSequence(back, lines);
  if (there === null) return null;
  const before = edit(back, there, (_, line) => file.lines[line] ?? { origin: 'tree', line: line + 1 });
  return { before, after: markPatch(file, diff.hunks, there), merge: { kind: 'reversed', path: file.path, placed: 1 }, renames: [] };
}

/** The line of the tree's file, from 1, at which a hunk that begins at line `place` (from 0) changes something. */
function firstChange(hunk: Hunk, place: number): number {
  const context = hunk.lines.findIndex((line) => line.kind !== 'context');
  return place + 1 + Math.max(context, 0);
}

/** The file with the lines that hunks brought, whose post-images begin at `places`, marked as the patch's. */
function markPatch(file: SourceFile, hunks: readonly Hunk[], places: readonly number[]): SourceFile {
  const lines = [...file.lines];
  hunks.forEach((hunk, i) => {
    let at = places[i] ?? 0;
    let number = hunk.newStart;
    for (const { kind } of hunk.lines) {
      if (kind === 'removed') continue;
      if (kind === 'added') lines[at] = { origin: 'patch', line: number };
      at += 1;
      number += 1;
    }
  });
  return { path: file.path, text: file.text, lines };
}

/** Lines of the file that may be passed in search of hunks that do not stand where they say. */
const MAX_PASSED = 20_000_000;

/**
 * Where the pre-images of all hunks of a diff stand word for word, one behind the other: what `git apply` takes, offsets included. First
 * lines, from 0; null when one of them has no place, or several and no line number that tells which, or too many do not stand where they say.
 */
export function placeInSequence(hunks: readonly Hunk[], lines: Lines): readonly number[] | null {
  const places: number[] = [];
  let offset = 0;
  let end = 0;
  let passed = 0;
  for (const hunk of hunks) {
    const want = hunk.lines.filter((line) => line.kind !== 'added').map((line) => line.text);
    if (!want.some((text) => text.trim() !== '')) return null;
    const stated = hunk.oldStart - 1 + offset;
    const isThere = standsAt(want, lines, stated);
    if (!isThere && (passed += lines.texts.length) > MAX_PASSED) return null;
    const able = isThere ? [stated] : placesOf(want, lines.texts);
    const [place] = able;
    if (place === undefined || able.length > 1 || place < end) return null;
    places.push(place);
    offset = place - (hunk.oldStart - 1);
    end = place + want.length;
  }
  return places;
}

const standsAt = (want: readonly string[], { texts }: Lines, at: number): boolean =>
  at >= 0 && want.every((text, i) => texts[at + i] === text);
