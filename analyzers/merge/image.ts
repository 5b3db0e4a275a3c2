import type { Hunk, HunkLine } from '../diff/types.js';
import { blankCommentHead, type Language, type Unit, unitsOf } from './units.js';

/** Hunks with more lines than this are not aligned. */
export const MAX_HUNK_LINES = 10_000;
const MAX_DIFF_CELLS = 2_000_000;

/** One line of an image: where it stands in the hunk, and its number in the file that the image belongs to. */
export interface ImageLine {
  readonly text: string;
  readonly hunkLine: number;
  readonly number: number;
  /** Offset of the line in the image's text. */
  readonly start: number;
}

/** What the hunk says the file was (pre) or becomes (post), as text and as units. */
export interface Image {
  readonly lines: readonly ImageLine[];
  readonly units: readonly Unit[];
  /** Per line of the hunk: indexes of the units that begin on it. */
  readonly at: readonly (readonly number[])[];
}

/** One unit's fate: kept (both), removed (post -1) or inserted (pre -1). */
export interface Step {
  readonly pre: number;
  readonly post: number;
  readonly hunkLine: number;
}

export interface HunkImage {
  readonly hunk: Hunk;
  readonly language: Language;
  readonly pre: Image;
  readonly post: Image;
  readonly steps: readonly Step[];
}

export function imageOf(hunk: Hunk, language: Language, split = false): HunkImage {
  const pre = side(hunk, 'removed', hunk.oldStart, language, split);
  const post = side(hunk, 'added', hunk.newStart, language, split);
  return { hunk, language, pre, post, steps: stepsOf(hunk, pre, post) };
}

/** The hunk that takes this one back. */
export function reverseHunk(hunk: Hunk): Hunk {
  const turn = { context: 'context', added: 'removed', removed: 'added' } as const;
  return {
    ...hunk,
    oldStart: hunk.newStart,
    oldCount: hunk.newCount,
    newStart: hunk.oldStart,
    newCount: hunk.oldCount,
    lines: hunk.lines.map((line) => ({ ...line, kind: turn[line.kind] })),
  };
}

function side(hunk: Hunk, own: HunkLine['kind'], start: number, language: Language, split: boolean): Image {
  const lines: ImageLine[] = [];
  let offset = 0;
  hunk.lines.forEach((line, hunkLine) => {
    if (line.kind !== 'context' && line.kind !== own) return;
    lines.push({ text: line.text, hunkLine, number: start + lines.length, start: offset });
    offset += line.text.length + 1;
  });
  const text = blankCommentHead(lines.map((line) => line.text).join('\n'));
  const units = unitsOf(text, language, split);
  return { lines, units, at: byHunkLine(hunk, lines, units) };
}

function stepsOf(hunk: Hunk, pre: Image, post: Image): Step[] {
  const steps: Step[] = [];
  let removed: number[] = [];
  let inserted: number[] = [];
  const lineOf = (p: number, q: number): number =>
    p >= 0 ? (pre.lines[pre.units[p]?.line ?? 0]?.hunkLine ?? 0) : (post.lines[post.units[q]?.line ?? 0]?.hunkLine ?? 0);
  const flush = (): void => {
    for (const [p, q] of difference(removed, inserted, pre.units, post.units)) steps.push({ pre: p, post: q, hunkLine: lineOf(p, q) });
    removed = [];
    inserted = [];
  };
  hunk.lines.forEach((line, i) => {
    const p = pre.at[i] ?? [];
    const q = post.at[i] ?? [];
    const same = p.length === q.length && p.every((index, k) => pre.units[index]?.text === post.units[q[k] ?? -1]?.text);
    if (line.kind === 'context' && same) {
      flush();
      p.forEach((index, k) => steps.push({ pre: index, post: q[k] ?? -1, hunkLine: i }));
    } else {
      removed.push(...p);
      inserted.push(...q);
    }
  });
  flush();
  return steps;
}

function byHunkLine(hunk: Hunk, lines: readonly ImageLine[], units: readonly Unit[]): number[][] {
  const at: number[][] = hunk.lines.map(() => []);
  units.forEach((unit, index) => at[lines[unit.line]?.hunkLine ?? 0]?.push(index));
  return at;
}

/** The units that begin on the hunk lines [from, to). */
export function unitsBetween(image: Image, from: number, to: number): Unit[] {
  return image.at.slice(from, to).flatMap((indexes) => indexes.flatMap((i) => image.units[i] ?? []));
}

/** Token edits between two runs: removed before inserted, small islands of punctuation swallowed. */
function difference(a: readonly number[], b: readonly number[], pre: readonly Unit[], post: readonly Unit[]): [number, number][] {
  const same = (i: number, j: number): boolean => pre[a[i] ?? -1]?.text === post[b[j] ?? -1]?.text;
  let head = 0;
  while (head < a.length && head < b.length && same(head, head)) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && same(a.length - 1 - tail, b.length - 1 - tail)) tail += 1;
  const pairs: [number, number][] = [];
  for (let i = 0; i < head; i += 1) pairs.push([i, i]);
  pairs.push(...common(head, a.length - tail, head, b.length - tail, same));
  for (let i = tail; i > 0; i -= 1) pairs.push([a.length - i, b.length - i]);
  const kept = withoutIslands(pairs, a.length, b.length, (i) => pre[a[i] ?? -1]);
  const out: [number, number][] = [];
  let i = 0;
  let j = 0;
  for (const [p, q] of [...kept, [a.length, b.length] as const]) {
    for (; i < p; i += 1) out.push([a[i] ?? -1, -1]);
    for (; j < q; j += 1) out.push([-1, b[j] ?? -1]);
    if (p < a.length) out.push([a[p] ?? -1, b[q] ?? -1]);
    i = p + 1;
    j = q + 1;
  }
  return out;
}

/** Longest common subsequence of two ranges; none at all when the table would be too large. */
function common(a0: number, a1: number, b0: number, b1: number, same: (i: number, j: number) => boolean): [number, number][] {
  const n = a1 - a0;
  const m = b1 - b0;
  if (n <= 0 || m <= 0 || n * m > MAX_DIFF_CELLS) return [];
  const width = m + 1;
  const length = new Uint32Array((n + 1) * width);
  const at = (i: number, j: number): number => length[i * width + j] ?? 0;
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let j = m - 1; j >= 0; j -= 1) {
      length[i * width + j] = same(a0 + i, b0 + j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < n && j < m; ) {
    if (same(a0 + i, b0 + j) && at(i, j) === at(i + 1, j + 1) + 1) {
      pairs.push([a0 + i, b0 + j]);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}

/** A kept run of a few tokens between two edits is more often chance than sense; edits with fewer seams are easier to anchor. */
function withoutIslands(
  pairs: readonly [number, number][],
  n: number,
  m: number,
  unit: (i: number) => Unit | undefined,
): [number, number][] {
  const kept: [number, number][] = [];
  for (let from = 0; from < pairs.length; ) {
    let to = from + 1;
    while (to < pairs.length && follows(pairs[to - 1], pairs[to])) to += 1;
    const run = pairs.slice(from, to);
    const first = run[0] ?? [0, 0];
    const last = run[run.length - 1] ?? [0, 0];
    const inner = (first[0] > 0 || first[1] > 0) && (last[0] < n - 1 || last[1] < m - 1);
    const names = run.reduce((sum, [i]) => sum + (unit(i)?.names.length ?? 0), 0);
    if (!inner || run.length > 3 || names > 1 || (names === 1 && run.length > 2)) kept.push(...run);
    from = to;
  }
  return kept;
}

function follows(a: readonly [number, number] | undefined, b: readonly [number, number] | undefined): boolean {
  return a !== undefined && b !== undefined && b[0] === a[0] + 1 && b[1] === a[1] + 1;
}
