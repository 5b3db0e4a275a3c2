import type { SourceFile } from '../source/types.js';
import { conditionalStep, defineOf, isName, type TopItem, topItems } from './top.js';
import { type Language, languageOf, type Unit, unitsOf, words } from './units.js';

/** Files with more units than this are not merged into: nothing of the kernel that is written by hand has as many. */
const MAX_FILE_UNITS = 400_000;

/** A file of the tree, prepared for placing hunks in it. */
export interface Target {
  readonly file: SourceFile;
  readonly language: Language;
  readonly units: readonly Unit[];
  readonly items: readonly TopItem[];
  readonly functions: readonly TopItem[];
  /** Indexes of the units outside function bodies. */
  readonly outside: readonly number[];
  /** Per unit: which conditionals it stands in, as one comparable string. */
  readonly conditions: readonly string[];
  /** Offset of each line's first character. */
  readonly lineStarts: readonly number[];
  readonly names: ReadonlySet<string>;
  /** Names with a definition or declaration in this file. */
  readonly defined: ReadonlySet<string>;
}

export function targetOf(file: SourceFile): Target | null {
  const language = languageOf(file.path);
  const units = unitsOf(file.text, language);
  if (units.length > MAX_FILE_UNITS) return null;
  const lineStarts = lineStartsOf(file.text);
  const { items } = topItems(units, language, (unit) => lineStarts[unit.line] === unit.start);
  const functions = items.filter(
    (item) => item.kind === 'function' || (language === 'asm' && item.kind === 'macro' && item.to - item.from > 1),
  );
  return {
    file,
    language,
    units,
    items,
    functions,
    outside: outsideOf(units.length, language === 'asm' ? [] : functions),
    conditions: conditionsOf(units),
    lineStarts,
    names: new Set(units.flatMap((u) => u.names)),
    defined: definedNames(units, language),
  };
}

/** Where some units stand one after the other in the file, whatever the layout and the comments; within `[from, to)` where that is said. */
export function runsIn(wanted: readonly Unit[], target: Target, from = 0, to = target.units.length): number[] {
  const places = placesIn(target);
  let rare = 0;
  let at: readonly number[] = [];
  wanted.forEach(({ text }, i) => {
    const here = places.get(text) ?? [];
    if (i === 0 || here.length < at.length) [rare, at] = [i, here];
  });
  return at
    .map((place) => place - rare)
    .filter((start) => start >= from && start + wanted.length <= to)
    .filter((start) => wanted.every(({ text }, i) => target.units[start + i]?.text === text));
}

const known = new WeakMap<Target, ReadonlyMap<string, readonly number[]>>();

/** Per text: the units that have it. */
function placesIn(target: Target): ReadonlyMap<string, readonly number[]> {
  let places = known.get(target);
  if (places === undefined) {
    const all = new Map<string, number[]>();
    target.units.forEach(({ text }, i) => {
      const here = all.get(text);
      if (here) here.push(i);
      else all.set(text, [i]);
    });
    known.set(target, (places = all));
  }
  return places;
}

export function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Offset of the line break that ends the line (or of the end of the text). */
export function lineEndOf(target: Target, line: number): number {
  const next = target.lineStarts[line + 1];
  return next === undefined ? target.file.text.length : next - 1;
}

function outsideOf(count: number, functions: readonly TopItem[]): number[] {
  const outside: number[] = [];
  let at = 0;
  for (const item of functions) {
    for (; at < item.bodyFrom - 1; at += 1) outside.push(at);
    at = Math.max(at, item.bodyTo);
  }
  for (; at < count; at += 1) outside.push(at);
  return outside;
}

function conditionsOf(units: readonly Unit[]): string[] {
  const open: string[] = [];
  return units.map(({ text }) => {
    const step = conditionalStep(text);
    if (step > 0) open.push(text);
    else if (step < 0) open.pop();
    else if (/^# (?:else|elif|elifdef|elifndef)\b/.test(text) && open.length > 0) open.push(`${open.pop() ?? ''} ${text}`);
    return open.join('\n');
  });
}

const NO_DECLARATOR = new Set([
  'return',
  'goto',
  'else',
  'case',
  'do',
  'sizeof',
  'typeof',
  'if',
  'while',
  'switch',
  'struct',
  'union',
  'enum',
  'break',
  'continue',
]);

/**
 * Names that are defined here, by the look of the tokens around them: `type name` or `* name` followed by what can follow a declarator,
 * a function's or macro's own name, a label. It may take a few too many (`a * b;`), never a name that is only called.
 */
function definedNames(units: readonly Unit[], language: Language): Set<string> {
  const defined = new Set<string>();
  units.forEach((unit, i) => {
    const macro = defineOf(unit.text);
    if (macro !== null) defined.add(macro);
    if (language === 'asm') asmDefinition(words(unit.text), defined);
    else if (isName(unit.text)) {
      const before = units[i - 1]?.text ?? ';';
      const after = units[i + 1]?.text ?? '';
      const typed = (isName(before) && !NO_DECLARATOR.has(before)) || before === '*' || before === ',';
      if (typed && /^[;,=[):({]$/.test(after) && !(before === ',' && after === '(')) defined.add(unit.text);
      else if (after === ':' && /^[;{}:]$/.test(before)) defined.add(unit.text);
    }
  });
  return defined;
}

function asmDefinition(tokens: readonly string[], defined: Set<string>): void {
  const [word = '', second = '', third = ''] = tokens;
  if (second === ':') defined.add(word);
  else if (word === '.macro' || word === '.set' || word === '.equ') defined.add(second);
  else if (second === '(' && /^(?:SYM_|ENTRY|END|GLOBAL)/.test(word)) defined.add(third);
  else if (second === '.req') defined.add(word);
}
