import type { LineOrigin } from '../source/types.js';
import type { Edit, Inserted } from './edit.js';
import type { Fit } from './fit.js';
import type { HunkImage } from './image.js';
import type { Part } from './parts.js';
import { lineEndOf, type Target } from './target.js';
import type { Unit } from './units.js';

/** Gives the origin of an inserted line: its number in the post-image, and the line of the target (from 0) where it lands. */
export type OriginOf = (number: number, treeLine: number) => LineOrigin;

/** The text edits of a fitted part, or why there are none. `tight`: every insertion lies between neighbours that touch in the tree. */
export type Anchored =
  | { readonly ok: true; readonly edits: readonly Edit[]; readonly tight: boolean }
  | { readonly ok: false; readonly why: string };

interface Group {
  readonly removed: number[];
  readonly posts: number[];
  /** Index into the part's pre units of the kept unit before and after, or -1. */
  prev: number;
  next: number;
  /** Index into the whole pre-image of the last unit before the group, or -1. */
  readonly prior: number;
}

/** A gap in the tree wider than this many units does not tell where between its ends an insertion belongs. */
const MAX_GAP = 200;
/** Neighbours this near on both sides still hold what stands between them. */
const NEAR = 3;

/** Turns a fit into edits, all or nothing. */
export function anchor(image: HunkImage, part: Part, fit: Fit, target: Target, originOf: OriginOf): Anchored {
  const groups = groupsOf(part);
  const edits: Edit[] = [];
  let tight = true;
  let braces = 0;
  for (const group of groups) {
    const there = braceThere(image, group, fit);
    if (there !== 0) {
      braces += there;
      group.posts.splice(there > 0 ? -1 : 0, 1);
      if (group.posts.length === 0) continue;
    }
    const placed =
      group.removed.length > 0
        ? replace(image, group, fit, target, originOf, there > 0)
        : insertBetween(image, group, fit, target, originOf, there > 0);
    if (!placed.ok) return placed;
    edits.push(...placed.edits);
    if (!placed.tight && there === 0) tight = false;
  }
  if (braces !== 0) return { ok: false, why: `only one brace of a pair that it adds is in ${fit.candidate.what}` };
  return { ok: true, edits, tight };
}

function groupsOf(part: Part): Group[] {
  const groups: Group[] = [];
  let group: Group | null = null;
  let k = -1;
  let prev = -1;
  let prior = -1;
  for (const step of part.steps) {
    if (step.pre >= 0) k += 1;
    if (step.pre >= 0 && step.post >= 0) {
      if (group !== null) group.next = k;
      group = null;
      prev = k;
      prior = step.pre;
      continue;
    }
    if (group === null) groups.push((group = { removed: [], posts: [], prev, next: -1, prior }));
    if (step.pre >= 0) {
      group.removed.push(k);
      prior = step.pre;
    } else group.posts.push(step.post);
  }
  return groups;
}

/**
 * A patch that gives a lone statement a second condition or line also gives it braces; a tree of another style has them already. +1 when
 * the group's last new unit is a `{` that stands in the tree, -1 when its first one is such a `}`.
 */
function braceThere(image: HunkImage, group: Group, fit: Fit): number {
  const units = fit.candidate.units;
  const at = group.removed.map((k) => fit.match[k] ?? -1);
  const p = at.length > 0 ? Math.max(...at) : group.prev < 0 ? -1 : (fit.match[group.prev] ?? -1);
  const q = group.next < 0 ? -1 : (fit.match[group.next] ?? -1);
  if (p < 0 || (q >= 0 && q !== p + 2)) return 0;
  const text = units[p + 1]?.text;
  const first = image.post.units[group.posts[0] ?? -1]?.text;
  const last = image.post.units[group.posts[group.posts.length - 1] ?? -1]?.text;
  if (text === '{' && last === '{' && q === p + 2) return 1;
  if (text === '}' && first === '}' && group.posts.length === 1) return -1;
  return 0;
}

function replace(image: HunkImage, group: Group, fit: Fit, target: Target, originOf: OriginOf, braced: boolean): Anchored {
  const at = group.removed.map((k) => fit.match[k] ?? -1);
  if (at.some((j) => j < 0)) return { ok: false, why: `what it takes away is not all in ${fit.candidate.what}` };
  const spans: { from: number; to: number }[] = [];
  for (const j of at) {
    const last = spans[spans.length - 1];
    if (last !== undefined && last.to === j) last.to = j + 1;
    else spans.push({ from: j, to: j + 1 });
  }
  const units = fit.candidate.units;
  const split = spans.slice(0, -1).some((span) => !endsStatement(units[span.to - 1], target));
  if (spans.length > 1 && (group.posts.length > 0 || split))
    return { ok: false, why: `the tree has other code amid what it takes away from ${fit.candidate.what}` };
  const first = at[0] ?? 0;
  const last = at[at.length - 1] ?? 0;
  const left = group.prev < 0 ? -1 : (fit.match[group.prev] ?? -1);
  const right = group.next < 0 ? -1 : (fit.match[group.next] ?? -1);
  const ends = (post: number | undefined): boolean => post === undefined || endsStatement(image.post.units[post], target);
  const leftFree = group.prev < 0 || left === first - 1 || endsStatement(units[first - 1], target);
  const rightFree =
    group.next < 0 ||
    right === last + 1 ||
    (right === last + 2 && units[last + 1]?.text === '{' && braced) ||
    (endsStatement(units[last], target) && ends(group.posts[group.posts.length - 1]));
  if (!leftFree || !rightFree) return { ok: false, why: `other code stands beside what it takes away from ${fit.candidate.what}` };
  const named = at.reduce((sum, j) => sum + (units[j]?.names.length ?? 0), 0);
  const beside = left === first - 1 || right === last + 1 || (left >= first - NEAR && left >= 0 && right >= 0 && right <= last + NEAR);
  const size = at.reduce((sum, j) => sum + (units[j]?.size ?? 0), 0);
  if (!beside && !(named >= 1 && size >= 3)) return { ok: false, why: `nothing next to what it takes away is in ${fit.candidate.what}` };
  return {
    ok: true,
    tight: spans.length === 1,
    edits: spans.map((span, i) => replacement(units.slice(span.from, span.to), image, i === 0 ? group.posts : [], fit, target, originOf)),
  };
}

/** Removed units go with the comment that follows them on their last line, when nothing else is left there. */
function replacement(
  gone: readonly Unit[],
  image: HunkImage,
  posts: readonly number[],
  fit: Fit,
  target: Target,
  originOf: OriginOf,
): Edit {
  const first = gone[0];
  const last = gone[gone.length - 1];
  if (first === undefined || last === undefined) throw new Error('a replacement takes at least one unit away');
  const { text } = target.file;
  const lineStart = target.lineStarts[first.line] ?? 0;
  const lineEnd = lineEndOf(target, last.endLine);
  const alone = text.slice(lineStart, first.start).trim() === '' && commentOnly(text.slice(last.end, lineEnd)) && !fit.candidate.macro;
  const insert = insertedLines(image, posts, first.line, originOf);
  return {
    start: first.start,
    end: alone ? lineEnd : last.end,
    insert: insert.lines,
    breakBefore: insert.ownLine,
    breakAfter: insert.endsLine ? 'soft' : 'none',
    continued: fit.candidate.macro,
  };
}

function insertBetween(image: HunkImage, group: Group, fit: Fit, target: Target, originOf: OriginOf, braced: boolean): Anchored {
  const units = fit.candidate.units;
  let p = group.prev < 0 ? -1 : (fit.match[group.prev] ?? -1);
  let q = group.next < 0 ? -1 : (fit.match[group.next] ?? -1);
  if (p < 0 && q < 0) {
    p = nearest(fit.match, group.prev, -1);
    q = nearest(fit.match, group.next, 1);
    if (p < 0 || q !== p + 1 || !endsStatement(units[p], target))
      return { ok: false, why: `neither neighbour of an insertion is in ${fit.candidate.what}` };
  }
  const touching = p >= 0 && (q === p + 1 || (braced && q === p + 2));
  if (!touching) {
    const before = p >= 0 ? units[p] : units[q - 1];
    const free = endsStatement(before, target) && endsStatement(image.pre.units[group.prior] ?? before, target);
    const edge = (p < 0 && group.prev < 0) || (q < 0 && group.next < 0);
    if (!free && !edge) return { ok: false, why: `other code stands where it inserts into ${fit.candidate.what}` };
    if (p >= 0 && q >= 0 && q - p > MAX_GAP)
      return { ok: false, why: `the neighbours of an insertion are too far apart in ${fit.candidate.what}` };
  }
  const gap = p >= 0 ? insertAfter : insertBefore;
  const unit = p >= 0 ? units[p] : units[q];
  if (unit === undefined) return { ok: false, why: `no neighbour of an insertion is in ${fit.candidate.what}` };
  return { ok: true, tight: touching, edits: [gap(unit, image, group.posts, target, fit.candidate.macro, originOf)] };
}

function nearest(match: Int32Array, from: number, step: 1 | -1): number {
  if (from < 0) return -1;
  for (let k = from; k >= 0 && k < match.length; k += step) if ((match[k] ?? -1) >= 0) return match[k] ?? -1;
  return -1;
}

/** New statements may follow this unit. */
function endsStatement(unit: Unit | undefined, target: Target): boolean {
  if (unit === undefined || target.language === 'asm') return true;
  return /^[;{}:]$/.test(unit.text) || unit.text.startsWith('# ');
}

/** New text right after a unit, past the comment on its line when that ends there. */
export function insertAfter(
  unit: Unit,
  image: HunkImage,
  posts: readonly number[],
  target: Target,
  macro: boolean,
  originOf: OriginOf,
): Edit {
  const insert = insertedLines(image, posts, unit.endLine, originOf);
  const lineEnd = lineEndOf(target, unit.endLine);
  const past = insert.ownLine && !macro && commentOnly(target.file.text.slice(unit.end, lineEnd));
  const at = past ? lineEnd : unit.end;
  return {
    start: at,
    end: at,
    insert: insert.lines,
    breakBefore: insert.ownLine,
    breakAfter: insert.endsLine ? 'soft' : 'none',
    continued: macro,
  };
}

export function insertBefore(
  unit: Unit,
  image: HunkImage,
  posts: readonly number[],
  target: Target,
  macro: boolean,
  originOf: OriginOf,
): Edit {
  const insert = insertedLines(image, posts, unit.line, originOf);
  const lineStart = target.lineStarts[unit.line] ?? 0;
  const at = insert.ownLine && !macro && target.file.text.slice(lineStart, unit.start).trim() === '' ? lineStart : unit.start;
  return {
    start: at,
    end: at,
    insert: insert.lines,
    breakBefore: insert.ownLine,
    breakAfter: insert.endsLine ? 'force' : 'none',
    continued: macro,
  };
}

function commentOnly(rest: string): boolean {
  return /^(?:\s*\/\*(?:[^*]|\*(?!\/))*\*\/)*\s*(?:\/\/.*)?$/.test(rest);
}

/** The lines of the post-image that hold these units, cut to them at both ends, with comments between them and right before them. */
function insertedLines(
  image: HunkImage,
  posts: readonly number[],
  treeLine: number,
  originOf: OriginOf,
): { readonly lines: Inserted[]; readonly ownLine: boolean; readonly endsLine: boolean } {
  const first = image.post.units[posts[0] ?? -1];
  const last = image.post.units[posts[posts.length - 1] ?? -1];
  if (first === undefined || last === undefined) return { lines: [], ownLine: false, endsLine: false };
  const { lines, units } = image.post;
  const before = units[(posts[0] ?? 0) - 1];
  const after = units[(posts[posts.length - 1] ?? 0) + 1];
  const ownLine = before === undefined || before.endLine < first.line || image.language === 'asm' || first.text.startsWith('# ');
  const endsLine = after === undefined || after.line > last.endLine || image.language === 'asm' || last.text.startsWith('# ');
  const whole = ownLine && (before === undefined || before.endLine < first.line);
  let top = first.line;
  if (whole) while (top > 0 && isAdded(image, top - 1) && (before === undefined || before.endLine < top - 1)) top -= 1;
  const out: Inserted[] = [];
  for (let i = top; i <= last.endLine; i += 1) {
    const line = lines[i];
    if (line === undefined) continue;
    const { start } = line;
    const from = i === first.line && !whole ? first.start - start : 0;
    const to =
      i === last.endLine && !(endsLine && (after === undefined || after.line > last.endLine)) ? last.end - start : line.text.length;
    out.push({ text: line.text.slice(from, to), origin: originOf(line.number, treeLine) });
  }
  return { lines: trimComment(withoutCommentTail(out)), ownLine, endsLine };
}

function isAdded(image: HunkImage, postLine: number): boolean {
  return image.hunk.lines[image.post.lines[postLine]?.hunkLine ?? -1]?.kind === 'added';
}

/** First lines that stand in a comment whose beginning we do not take would be code. */
function withoutCommentTail(lines: readonly Inserted[]): Inserted[] {
  for (const [i, { text }] of lines.entries()) {
    const open = text.indexOf('/*');
    const close = text.indexOf('*/');
    if (close >= 0 && (open < 0 || close < open)) return lines.slice(i + 1);
    if (open >= 0) break;
  }
  return [...lines];
}

/** A last line that opens a comment which goes on in lines we do not take must not swallow the tree. */
function trimComment(lines: Inserted[]): Inserted[] {
  const last = lines[lines.length - 1];
  if (last === undefined) return lines;
  const open = last.text.lastIndexOf('/*');
  if (open >= 0 && !last.text.includes('*/', open + 2)) lines[lines.length - 1] = { ...last, text: last.text.slice(0, open).trimEnd() };
  return lines;
}
