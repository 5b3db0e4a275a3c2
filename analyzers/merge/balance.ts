import type { SourceFile } from '../source/types.js';
import type { HunkImage } from './image.js';
import { lineStartsOf } from './target.js';
import { conditionalStep, topItems } from './top.js';
import { type Language, type Unit, unitsOf } from './units.js';

/** What a hunk adds in opening over closing brackets and conditionals. Zero for a hunk that is sound by itself. */
export function netOf(image: HunkImage): string {
  const net = new Map<string, number>();
  for (const step of image.steps) {
    if (step.pre < 0) count(image.post.units[step.post], 1, net);
    if (step.post < 0) count(image.pre.units[step.pre], -1, net);
  }
  return [...net]
    .filter(([, n]) => n !== 0)
    .map(([kind, n]) => `${kind}${n}`)
    .sort()
    .join(' ');
}

const KIND: Readonly<Record<string, readonly [string, number]>> = {
  '{': ['{}', 1],
  '}': ['{}', -1],
  '(': ['()', 1],
  ')': ['()', -1],
  '[': ['[]', 1],
  ']': ['[]', -1],
};

function count(unit: Unit | undefined, sign: number, net: Map<string, number>): void {
  if (unit === undefined) return;
  const conditional = conditionalStep(unit.text);
  const macro = /^\.macro /.test(unit.text) ? 1 : /^\.endm/.test(unit.text) ? -1 : 0;
  const bracket = KIND[unit.text];
  const add = (kind: string, n: number): void => {
    net.set(kind, (net.get(kind) ?? 0) + n * sign);
  };
  if (conditional !== 0) add('#if', conditional);
  if (macro !== 0) add('.macro', macro);
  if (bracket !== undefined) add(bracket[0], bracket[1]);
}

/** The file's brackets and conditionals: sums, lowest depths, and the functions that can be found. */
interface Shape {
  readonly net: string;
  readonly dips: boolean;
  readonly functions: ReadonlySet<string>;
}

/** After the change the file is as well-formed as before, and every function that was not removed is still found. */
export function staysSound(before: SourceFile, after: SourceFile, language: Language, mayGo: ReadonlySet<string>): boolean {
  const a = shapeOf(before, language);
  const b = shapeOf(after, language);
  if (a.net !== b.net || (b.dips && !a.dips)) return false;
  for (const name of a.functions) if (!b.functions.has(name) && !mayGo.has(name)) return false;
  return true;
}

const known = new WeakMap<SourceFile, Shape>();

function shapeOf(file: SourceFile, language: Language): Shape {
  let shape = known.get(file);
  if (shape === undefined) known.set(file, (shape = measure(file, language)));
  return shape;
}

function measure(file: SourceFile, language: Language): Shape {
  const units = unitsOf(file.text, language);
  const net = new Map<string, number>();
  let dips = false;
  for (const unit of units) {
    count(unit, 1, net);
    if ([...net.values()].some((n) => n < 0)) dips = true;
  }
  const starts = lineStartsOf(file.text);
  const { items } = topItems(units, language, (unit) => starts[unit.line] === unit.start);
  return {
    net: [...net]
      .filter(([, n]) => n !== 0)
      .sort()
      .join(' '),
    dips,
    functions: new Set(items.filter((item) => item.kind === 'function').map((item) => item.name)),
  };
}
