import { originOf as textOf } from '../source/origin.js';
import { insertBefore, type OriginOf } from './anchor.js';
import { sectionName } from './candidates.js';
import { type Defined, placeDefinitions } from './definitions.js';
import type { Edit } from './edit.js';
import type { Budget } from './fit.js';
import type { HunkImage } from './image.js';
import { type Part, wholeItems } from './parts.js';
import type { Target } from './target.js';
import type { TopItem } from './top.js';
import type { Unit } from './units.js';

/**
 * Ways to bring in a part whose context is not there, open only where its place does not matter: declarations at file scope, members of a
 * struct, lines of an offset list, a definition that takes the place of another one or goes. Null when none applies.
 */
export function placeWithoutContext(image: HunkImage, part: Part, target: Target, originOf: OriginOf, budget: Budget): Defined | null {
  const posts = part.steps.flatMap((step) => (step.pre < 0 ? [step.post] : []));
  const removed = part.steps.flatMap((step) => (step.post < 0 ? [step.pre] : []));
  const added = posts.flatMap((i) => image.post.units[i] ?? []);
  if (added.length === 0) return takeDefinitionsOut(image, part, target);
  if (removed.length > 0) return replaceDefinition(image, part, target, originOf, budget);
  const list = offsetList(image, added, target);
  if (list !== null) return atEnd(list, image, posts, target, originOf);
  const record = recordOf(image, part, target);
  if (record !== null && added[added.length - 1]?.text === ';' && !added.some((unit) => /^[{}]$/.test(unit.text)))
    return atEnd(record, image, posts, target, originOf);
  if (wholeItems(image, added, 'post') === null || insideFunction(image, part)) return null;
  return placeDefinitions(image, part, target, originOf, budget);
}

function atEnd(item: TopItem, image: HunkImage, posts: readonly number[], target: Target, originOf: OriginOf): Defined | null {
  const brace = target.units[item.bodyTo];
  if (brace === undefined) return null;
  return { edits: [insertBefore(brace, image, posts, target, false, originOf)], takenOut: [], anchored: false };
}

/** The order of an offset list has no meaning. */
function offsetList(image: HunkImage, added: readonly Unit[], target: Target): TopItem | null {
  const list = /\/asm-offsets\.c$/.test(target.file.path);
  const lines = image.post.lines.filter((line) => added.some((unit) => image.post.lines[unit.line] === line));
  if (!list || !lines.every((line) => /^\s*(?:OFFSET|DEFINE|BLANK|COMMENT)\s*\(/.test(line.text))) return null;
  const section = sectionName(image.hunk.section, image.language);
  const functions = target.functions.filter((item) => item.name === section);
  return (functions.length === 1 ? functions[0] : target.functions.length === 1 ? target.functions[0] : undefined) ?? null;
}

function recordOf(image: HunkImage, part: Part, target: Target): TopItem | null {
  const name = part.head !== '' ? part.head : /^\s*(?:struct|union)\s+(\w+)/.exec(image.hunk.section)?.[1];
  const found = target.items.filter((item) => item.kind === 'record' && item.name === name);
  return found.length === 1 && part.first ? (found[0] ?? null) : null;
}

/** Column tells statements from declarations in whole diffs; in damaged ones, a declaration between statements. */
function insideFunction(image: HunkImage, part: Part): boolean {
  const context = image.hunk.lines.slice(part.from, part.to).filter((line) => line.kind === 'context' && line.text.trim() !== '');
  return context.length > 0 && context.every((line) => /^[ \t]/.test(line.text));
}

/**
 * `-#define f(a) g(a)` or a whole function gives way to whole definitions. The tree's definition of that name goes, wherever it stands and
 * whatever its layout; when the tree has none, the new ones are added.
 */
function replaceDefinition(image: HunkImage, part: Part, target: Target, originOf: OriginOf, budget: Budget): Defined | null {
  const removed = part.steps.flatMap((step) => (step.post < 0 ? (image.pre.units[step.pre] ?? []) : []));
  const posts = part.steps.flatMap((step) => (step.pre < 0 ? [step.post] : []));
  const added = posts.flatMap((i) => image.post.units[i] ?? []);
  const gone = wholeItems(image, removed, 'pre');
  if (gone === null || wholeItems(image, added, 'post') === null) return null;
  const names = gone.map((item) => item.name).filter((name) => name !== '');
  if (names.length === 0 || names.length !== gone.length) return null;
  const there = target.items.filter((item) => names.includes(item.name) && item.kind !== 'declaration');
  if (there.length === 0) {
    if (names.some((name) => target.names.has(name))) return null;
    return placeDefinitions(image, { ...part, steps: part.steps.filter((step) => step.pre < 0) }, target, originOf, budget);
  }
  if (there.length !== names.length || !there.every((item) => alike(item, target, gone, removed))) return null;
  const [first] = there;
  const unit = target.units[first?.from ?? -1];
  if (first === undefined || unit === undefined) return null;
  const put = insertBefore(unit, image, posts, target, false, originOf);
  const cuts = there.map((item): Edit => cut(item, target));
  return { edits: [put, ...cuts], takenOut: [], anchored: true };
}

/**
 * Whole definitions that a patch takes out go by their names: of a kernel tree if most of their text is there as well, of a skeleton whatever
 * its words. Of several of one name, which stand under different conditionals, the one that calls most of what the patch takes out.
 */
function takeDefinitionsOut(image: HunkImage, part: Part, target: Target): Defined | null {
  const removed = part.steps.flatMap((step) => (step.post < 0 ? (image.pre.units[step.pre] ?? []) : []));
  const items = wholeItems(image, removed, 'pre') ?? [];
  const gone = items.filter(({ kind, name }) => name !== '' && (kind === 'function' || kind === 'record' || kind === 'macro'));
  const ownWords = textOf(target.file) === 'skeleton';
  const cuts = gone.map(({ name, kind, from, to }): Edit | null => {
    const said = calleesOf(removed.slice(from, to));
    const shared = (item: TopItem): number => [...calleesOf(unitsOf(item, target))].filter((each) => said.has(each)).length;
    const there = target.items.filter(
      (item) => item.name === name && item.kind === kind && (ownWords || alike(item, target, items, removed)),
    );
    const [best, next] = there.toSorted((a, b) => shared(b) - shared(a));
    return best === undefined || (next !== undefined && shared(next) === shared(best)) ? null : cut(best, target);
  });
  const edits = cuts.filter((each) => each !== null);
  return edits.length === 0 || edits.length < cuts.length ? null : { edits, takenOut: [], anchored: true };
}

const unitsOf = (item: TopItem, target: Target): readonly Unit[] => target.units.slice(item.from, item.to);

const calleesOf = (units: readonly Unit[]): ReadonlySet<string> =>
  new Set(units.flatMap((unit) => unit.names).filter((name) => name.length > 3));

function cut(item: TopItem, target: Target): Edit {
  const start = target.units[item.from]?.start ?? 0;
  return { start, end: target.units[item.to - 1]?.end ?? start, insert: [], breakBefore: false, breakAfter: 'none', continued: false };
}

/** Parameters may be called otherwise; most tokens must be the same. */
function alike(item: TopItem, target: Target, gone: readonly TopItem[], removed: readonly Unit[]): boolean {
  const other = gone.find((one) => one.name === item.name);
  if (other === undefined) return false;
  const shape = (units: readonly Unit[]): string[] => units.flatMap((unit) => unit.shape.split(' '));
  const a = shape(removed.slice(other.from, other.to));
  const b = shape(unitsOf(item, target));
  const calledThere = calleesOf(unitsOf(item, target));
  const shared = [...calleesOf(removed.slice(other.from, other.to))].filter((name) => calledThere.has(name)).length;
  return Math.abs(a.length - b.length) <= 0.3 * Math.max(a.length, b.length) && shared >= 2;
}
