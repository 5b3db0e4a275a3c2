import type { OriginOf } from './anchor.js';
import type { Edit } from './edit.js';
import type { Image, HunkImage, ImageLine } from './image.js';
import { isHeadAt } from './parts.js';
import { runsIn, type Target } from './target.js';
import { headName, type TopItem } from './top.js';
import { unitsOf } from './units.js';

/** Both sides of a hunk, in the place of what the tree has made of its functions since. */
export interface Restored {
  readonly before: readonly Edit[];
  readonly after: readonly Edit[];
  readonly units: number;
  readonly found: number;
}

/** At least this share of what the hunk leaves behind stands in what the tree has of it. */
const ALIKE = 0.6;

/**
 * A hunk that gives functions new names, or makes new ones of old ones, in a tree that has the new names and none of the old: the tree had
 * the change, and has changed these functions again. The hunk shows them from their heads on, so both sides can be had as the mail has
 * them; what follows them in the last function is the tree's.
 */
export function restoreFunctions(image: HunkImage, target: Target, originOf: OriginOf): Restored | null {
  if (target.language !== 'c') return null;
  const post = headsIn(image.post);
  const pre = headsIn(image.pre);
  const [firstPost] = post;
  const [firstPre] = pre;
  if (!firstPost || !firstPre || !startsTheChange(image, firstPre.line, firstPost.line)) return null;
  const mine = new Set(post.map(({ name }) => name));
  const old = pre.filter(({ name }) => !mine.has(name));
  if (old.length === 0 || old.some(({ name }) => target.names.has(name))) return null;
  const there = inOneStretch(target, [...mine]);
  const [first] = there;
  const last = there.at(-1);
  if (there.length !== post.length || !first || !last) return null;
  const end = endOf(image, target, last);
  if (end === null) return null;
  const wanted = image.post.units.filter(({ line }) => line >= firstPost.at);
  const has = new Map<string, number>();
  for (const { text } of target.units.slice(first.from, end)) has.set(text, (has.get(text) ?? 0) + 1);
  const found = wanted.filter(({ text }) => {
    const left = has.get(text) ?? 0;
    has.set(text, left - 1);
    return left > 0;
  }).length;
  if (found < ALIKE * wanted.length) return null;
  const from = target.units[first.from];
  const to = target.units[end - 1];
  if (!from || !to) return null;
  const put = (side: Image, at: number, origin: OriginOf): Edit => ({
    start: from.start,
    end: to.end,
    insert: side.lines.slice(at).map(({ text, number }) => ({ text, origin: origin(number, from.line) })),
    breakBefore: true,
    breakAfter: 'soft',
    continued: false,
  });
  const ofTree: OriginOf = (_, line) => target.file.lines[line] ?? { origin: 'tree', line: line + 1 };
  return {
    before: [put(image.pre, firstPre.at, ofTree)],
    after: [put(image.post, firstPost.at, originOf)],
    units: wanted.length,
    found,
  };
}

interface Head {
  readonly name: string;
  readonly line: ImageLine;
  /** Among the lines of its side. */
  readonly at: number;
}

function headsIn({ lines }: Image): Head[] {
  const texts = lines.map(({ text }) => text);
  return lines.flatMap((line, at) => {
    if (!isHeadAt(texts, at)) return [];
    const name = headName(unitsOf(line.text, 'c', true).map(({ text }) => text));
    return name === '' ? [] : [{ name, line, at }];
  });
}

/** All that the hunk changes comes with the first head or after it, on both sides. */
function startsTheChange(image: HunkImage, pre: ImageLine, post: ImageLine): boolean {
  const from = Math.min(pre.hunkLine, post.hunkLine);
  const to = Math.max(pre.hunkLine, post.hunkLine);
  const between = image.hunk.lines.slice(from, to);
  return (
    image.steps.every((step) => (step.pre >= 0 && step.post >= 0) || step.hunkLine >= from) &&
    between.every(({ kind, text }) => kind !== 'context' || text.trim() === '')
  );
}

/** The functions of these names, where they stand one after the other with nothing between them. */
function inOneStretch({ items, functions }: Target, names: readonly string[]): TopItem[] {
  const found = names.map((name) => functions.filter((item) => item.name === name));
  if (found.some(({ length }) => length !== 1)) return [];
  const all = found.flat();
  const from = items.findIndex((item) => item === all[0]);
  return all.every((item, i) => items[from + i] === item) ? all : [];
}

/** The unit after the last one that the hunk shows of the last function; null where that is not to be found. */
function endOf(image: HunkImage, target: Target, last: TopItem): number | null {
  if (image.post.lines.findLast(({ text }) => text.trim() !== '')?.text.startsWith('}') === true) return last.to;
  const changed = image.hunk.lines.findLastIndex(({ kind }) => kind !== 'context');
  const tail = image.steps.filter(({ hunkLine }) => hunkLine > changed).flatMap(({ post }) => image.post.units[post] ?? []);
  if (tail.flatMap(({ names }) => names).length < 2) return null;
  const [at, ...others] = runsIn(tail, target, last.from, last.to);
  return at === undefined || others.length > 0 ? null : at + tail.length;
}
