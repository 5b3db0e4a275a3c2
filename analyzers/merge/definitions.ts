import { insertAfter, insertBefore, type OriginOf } from './anchor.js';
import { candidateOf, outside, sectionName, wholeFile } from './candidates.js';
import type { Edit } from './edit.js';
import { type Budget, fitInto, wantedOf } from './fit.js';
import type { HunkImage } from './image.js';
import { type Part, wholeItems } from './parts.js';
import type { Target } from './target.js';
import { conditionalStep, headName, type TopItem } from './top.js';
import type { Unit } from './units.js';

/** New definitions brought in. `takenOut` takes older definitions of the same names out of both trees. */
export interface Defined {
  readonly edits: readonly Edit[];
  readonly takenOut: readonly Edit[];
  /** Context stood around the place, or it is only a safe one. */
  readonly anchored: boolean;
}

/**
 * Puts whole definitions that a part adds into the file: before the function that follows them in the hunk, where their context is, after
 * the function that precedes them, else at a safe place of file scope. Never fails.
 */
export function placeDefinitions(image: HunkImage, part: Part, target: Target, originOf: OriginOf, budget: Budget): Defined {
  const posts = part.steps.flatMap((step) => (step.pre < 0 ? [step.post] : []));
  const units = posts.flatMap((i) => image.post.units[i] ?? []);
  const items = wholeItems(image, units, 'post') ?? [];
  const place = byContext(image, part, target, budget) ?? byNextHead(image, part, target) ?? byPreviousFunction(image, part, target);
  const older = olderDefinitions(items, target, place);
  const at = place ?? safePlace(target, items);
  const edit = editAt(at, image, posts, target, originOf);
  return { edits: [edit], takenOut: older.map((item) => takeOut(target, item)), anchored: place !== null };
}

/** A place between units: right after one, or right before one; null stands for the file's ends. */
type Place = { readonly after: number } | { readonly before: number };

function editAt(place: Place, image: HunkImage, posts: readonly number[], target: Target, originOf: OriginOf): Edit {
  const unit = target.units['after' in place ? place.after : place.before];
  if (unit === undefined) {
    const empty: Unit = { text: '', shape: '', names: [], size: 0, start: 0, end: 0, line: 0, endLine: 0 };
    return insertBefore(empty, image, posts, target, false, originOf);
  }
  if ('after' in place) return insertAfter(unit, image, posts, target, false, originOf);
  return aboveComment(insertBefore(unit, image, posts, target, false, originOf), target);
}

/** A comment right above the next thing belongs to it: go before that comment. */
function aboveComment(edit: Edit, target: Target): Edit {
  const { text } = target.file;
  const comment = /(?:^|\n)([ \t]*\/\*(?:[^*]|\*(?!\/))*\*\/[ \t]*\n)$/.exec(text.slice(Math.max(0, edit.start - 4000), edit.start));
  const above = comment?.[1];
  return above === undefined ? edit : { ...edit, start: edit.start - above.length, end: edit.start - above.length };
}

/** The hunk's context around the part, found side by side at file scope. */
function byContext(image: HunkImage, part: Part, target: Target, budget: Budget): Place | null {
  const kept = image.steps.filter((step) => step.pre >= 0 && step.post >= 0);
  const before = kept.filter((step) => step.hunkLine < part.from);
  const after = kept.filter((step) => step.hunkLine >= part.to);
  const inserted = part.steps.filter((step) => step.pre < 0);
  const around: Part = { ...part, steps: [...before, ...inserted.slice(0, 1), ...after] };
  const wanted = wantedOf(image, around);
  if (wanted.units.length === 0) return null;
  const asm = target.language === 'asm';
  const candidate = asm ? wholeFile(target) : outside(target);
  const indexes = asm ? target.units.map((_, i) => i) : target.outside;
  const fit = fitInto(wanted, candidate, null, budget);
  if (fit === null) return null;
  const prev = before.length === 0 ? -1 : (fit.match[before.length - 1] ?? -1);
  const next = after.length === 0 ? -1 : (fit.match[before.length] ?? -1);
  const certain = (prev >= 0 && next === prev + 1) || fit.placed >= 0.6;
  if (!certain) return null;
  if (prev >= 0 && !(asm && insideMacro(target, prev))) return { after: indexes[prev] ?? 0 };
  if (next >= 0 && !(asm && insideMacro(target, next))) return { before: indexes[next] ?? 0 };
  return null;
}

function insideMacro(target: Target, unit: number): boolean {
  return target.functions.some((item) => item.kind === 'macro' && item.from <= unit && unit < item.to - 1);
}

/** The head of the function that follows in the hunk. */
function byNextHead(image: HunkImage, part: Part, target: Target): Place | null {
  const lines = image.hunk.lines;
  for (let i = part.to; i < Math.min(part.to + 6, lines.length); i += 1) {
    if (lines[i]?.kind !== 'context') continue;
    const units = image.pre.units.filter((unit) => image.pre.lines[unit.line]?.hunkLine === i);
    if (units.length === 0) continue;
    const name = headName(units.flatMap((unit) => unit.text.split(' ')));
    const found = target.functions.filter((item) => item.name === name && name !== '');
    return found.length === 1 && found[0] !== undefined ? { before: found[0].from } : null;
  }
  return null;
}

/** The function whose end precedes the part: the hunk shows only its tail, so git's section names it. */
function byPreviousFunction(image: HunkImage, part: Part, target: Target): Place | null {
  let last = '';
  for (let i = 0; i < part.from; i += 1) {
    const line = image.hunk.lines[i];
    if (line?.kind === 'context' && line.text.trim() !== '') last = line.text;
  }
  if (!/^(?:\}|SYM_\w*END|END)/.test(last)) return null;
  const name = part.head !== '' ? part.head : sectionName(image.hunk.section, image.language);
  const found = target.functions.filter((item) => item.name === name && name !== '');
  return found.length === 1 && found[0] !== undefined ? { after: found[0].to - 1 } : null;
}

/** Declarations and macros after the includes, functions at the end; inside an include guard when there is one. */
function safePlace(target: Target, items: readonly TopItem[]): Place {
  const { units } = target;
  const guard = guardOf(units);
  const functions = items.some((item) => item.kind === 'function') && target.language === 'c';
  if (functions) {
    if (guard === null) return { after: units.length - 1 };
    return { before: guard.end };
  }
  let include = guard === null ? -1 : guard.start;
  let depth = 0;
  const level = guard === null ? 0 : 1;
  units.forEach((unit, i) => {
    depth += conditionalStep(unit.text);
    if (depth === level && unit.text.startsWith('# include')) include = i;
  });
  return include >= 0 ? { after: include } : { before: 0 };
}

/** `#ifndef X`, `#define X` … last `#endif`: the units of the define and of the endif, inside of an assembler guard at the end too. */
function guardOf(units: readonly Unit[]): { readonly start: number; readonly end: number } | null {
  const name = /^# ifndef (\w+)$/.exec(units[0]?.text ?? '')?.[1];
  if (name === undefined || !(units[1]?.text ?? '').startsWith(`# define ${name}`)) return null;
  let end = units.length - 1;
  if (units[end]?.text !== '# endif') return null;
  const inner = units.findIndex((unit) => /^# ifndef __ASSEMBL/.test(unit.text));
  if (inner > 0 && units[end - 1]?.text === '# endif') {
    let depth = 0;
    for (let i = inner; i < end; i += 1) {
      depth += conditionalStep(units[i]?.text ?? '');
      if (depth === 0 && i === end - 1) end = i;
      if (depth === 0) break;
    }
  }
  return { start: 1, end };
}

/** Definitions that the tree has under a name the part adds, standing under the same conditionals: an older state of what is added. */
function olderDefinitions(items: readonly TopItem[], target: Target, place: Place | null): TopItem[] {
  const names = new Set(
    items.filter((item) => item.kind === 'function' || item.kind === 'macro' || item.kind === 'record').map((item) => item.name),
  );
  names.delete('');
  const at = place === null ? -1 : 'after' in place ? place.after : place.before;
  const here = at < 0 ? null : (target.conditions[at] ?? '');
  return target.items.filter((item) => {
    if (!names.has(item.name) || item.kind === 'declaration' || item.kind === 'directive') return false;
    return here === null || (target.conditions[item.from] ?? '') === here;
  });
}

function takeOut(target: Target, item: TopItem): Edit {
  const { units } = candidateOf(target, item);
  const first = units[0];
  const last = units[units.length - 1];
  return { start: first?.start ?? 0, end: last?.end ?? 0, insert: [], breakBefore: false, breakAfter: 'none', continued: false };
}
