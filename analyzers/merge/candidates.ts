import type { HunkImage } from './image.js';
import type { Part } from './parts.js';
import type { Target } from './target.js';
import { headName, type TopItem } from './top.js';
import { type Unit, unitsOf } from './units.js';

/** A stretch of the target that a part may be aligned with. */
export interface Candidate {
  readonly what: string;
  readonly units: readonly Unit[];
  /** Offsets of the stretch. */
  readonly start: number;
  readonly end: number;
  /** Inside one macro of several lines. */
  readonly macro: boolean;
  /** A function, so that names can be local to it. */
  readonly body: boolean;
}

/** Groups of candidates, the most likely first. A part goes into the first group where it fits. */
export function candidatesFor(image: HunkImage, part: Part, target: Target, own: (name: string) => string): Candidate[][] {
  const section = sectionName(image.hunk.section, image.language);
  const groups: Candidate[][] = [];
  const named = (name: string): TopItem[] =>
    target.functions.filter((item) => item.name !== '' && (item.name === name || item.name === own(name)));
  if (target.language === 'asm') {
    const whole = wholeFile(target);
    groups.push([whole]);
    const from = sectionUnit(target, section);
    if (from > 0) groups.push([slice(target, from, target.units.length, `the text after ${section}`, false)]);
    return groups;
  }
  const near = part.head !== '' ? named(part.head) : part.first ? named(section) : [];
  const records = target.items.filter(
    (item) => item.kind === 'record' && item.name !== '' && (item.name === part.head || (part.first && item.name === section)),
  );
  groups.push([...near, ...records].map((item) => candidateOf(target, item)));
  const next = named(section).flatMap((item) => {
    const at = target.functions.indexOf(item);
    return target.functions.slice(at, at + 3);
  });
  const heads = image.hunk.lines.flatMap((line) =>
    line.kind === 'added' || !/^\w/.test(line.text) ? [] : named(headName(tokensOf(line.text))),
  );
  groups.push([...new Set([...next, ...heads])].map((item) => candidateOf(target, item)));
  groups.push([outside(target), ...target.functions.map((item) => candidateOf(target, item))]);
  return groups.filter((group) => group.length > 0);
}

/** The macros of several lines, each as single tokens. */
export function macroCandidates(target: Target): Candidate[] {
  const candidates: Candidate[] = [];
  for (const unit of target.units) {
    if (!unit.text.startsWith('# define') || unit.endLine === unit.line) continue;
    const units = unitsOf(target.file.text.slice(unit.start, unit.end), target.language, true).map((u) => ({
      ...u,
      start: u.start + unit.start,
      end: u.end + unit.start,
      line: u.line + unit.line,
      endLine: u.endLine + unit.line,
    }));
    candidates.push({ what: `the macro ${unit.names[1] ?? ''}`, units, start: unit.start, end: unit.end, macro: true, body: false });
  }
  return candidates;
}

export function candidateOf(target: Target, item: TopItem): Candidate {
  const { ofItems } = stretchesOf(target);
  let candidate = ofItems.get(item);
  if (candidate === undefined) ofItems.set(item, (candidate = cutItem(target, item)));
  return candidate;
}

/** What hunk after hunk is held against, made once for each file. */
interface Stretches {
  readonly ofItems: Map<TopItem, Candidate>;
  outside: Candidate | null;
}

const known = new WeakMap<Target, Stretches>();

function stretchesOf(target: Target): Stretches {
  let stretches = known.get(target);
  if (stretches === undefined) known.set(target, (stretches = { ofItems: new Map(), outside: null }));
  return stretches;
}

function cutItem(target: Target, item: TopItem): Candidate {
  return slice(target, item.from, item.to, item.kind === 'function' ? `${item.name}()` : item.name, item.kind === 'function');
}

export function wholeFile(target: Target): Candidate {
  return slice(target, 0, target.units.length, 'the file', false);
}

/** File scope: everything but function bodies. */
export function outside(target: Target): Candidate {
  const stretches = stretchesOf(target);
  stretches.outside ??= fileScope(target);
  return stretches.outside;
}

function fileScope(target: Target): Candidate {
  return {
    what: 'file scope',
    units: target.outside.flatMap((i) => target.units[i] ?? []),
    start: 0,
    end: target.file.text.length,
    macro: false,
    body: false,
  };
}

function slice(target: Target, from: number, to: number, what: string, body: boolean): Candidate {
  const units = target.units.slice(from, to);
  return { what, units, start: units[0]?.start ?? 0, end: units[units.length - 1]?.end ?? 0, macro: false, body };
}

/** Some of the file's units (`to` excluded), whatever they are: of a hunk that goes over more than one function. */
export const stretchOf = (target: Target, from: number, to: number): Candidate => slice(target, from, to, 'the file', false);

/** The name in what git prints after the second `@@`: the last head before the hunk. */
export function sectionName(section: string, language: HunkImage['language']): string {
  return headName(tokensOf(section, language));
}

function tokensOf(text: string, language: HunkImage['language'] = 'c'): string[] {
  return unitsOf(text, language, true).map((unit) => unit.text);
}

/** Where an assembly file names the section's symbol: its label, its start or its end. -1 when it does not. */
function sectionUnit(target: Target, section: string): number {
  if (section === '') return -1;
  return target.units.findIndex(
    (unit) => unit.text === `${section} :` || (unit.names.includes(section) && /^(?:SYM_|ENTRY|END|\.macro)/.test(unit.text)),
  );
}
