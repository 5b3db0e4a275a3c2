import { align, type Alignment } from './align.js';
import type { Candidate } from './candidates.js';
import type { HunkImage } from './image.js';
import type { Part } from './parts.js';
import { differingNames, isKeyword, type NameView, oneToOne } from './renames.js';
import type { Unit } from './units.js';

/** A part's pre-image with what each unit counts for. */
export interface Wanted {
  readonly units: readonly Unit[];
  readonly removed: readonly boolean[];
  readonly worth: readonly number[];
  readonly skip: readonly number[];
  readonly total: number;
  /** Close enough to an edit to tell one place from another. */
  readonly near: readonly boolean[];
}

/** A part laid over a candidate. */
export interface Fit {
  readonly candidate: Candidate;
  /** Share of the pre-image that is there, units near an edit counting more; 0 to 1. */
  readonly placed: number;
  readonly score: number;
  /** Per pre-image unit of the part: index into the candidate's units, or -1. */
  readonly match: Int32Array;
  /** Mail's name to tree's name. */
  readonly renames: ReadonlyMap<string, string>;
}

/** Names that may stand for others. */
export interface RenameRules {
  readonly view: NameView;
  /** Names that the mail uses anywhere. */
  readonly mailNames: ReadonlySet<string>;
  /** Renames that hold already. */
  readonly bound: ReadonlyMap<string, string>;
}

/** Work allowance shared by the hunks of one file: cells of alignments, and lines or units that are passed. */
export interface Budget {
  cells: number;
}

/** Why a hunk has no place once the allowance is spent. */
export const CUT_OFF = 'the search for its place was cut off, the file or the patch is too large';

const NEAR = { c: 8, asm: 1.5 } as const;
const FLOOR = 0.15;
/** What preparing an alignment costs, in cells: files of very many small functions are bounded by it. */
const FIT_COST = 15_000;
const RENAMED = 0.9;

/** Weighs the units of a part: one of an edit counts full, context the less the farther it is from an edit. */
export function wantedOf(image: HunkImage, part: Part): Wanted {
  const distance = new Array<number>(part.steps.length).fill(Number.MAX_SAFE_INTEGER);
  const isEdit = part.steps.map((step) => step.pre < 0 || step.post < 0);
  const sweep = (order: readonly number[]): void => {
    let since = Number.MAX_SAFE_INTEGER;
    for (const i of order) {
      if (isEdit[i] === true) since = 0;
      else if (since < Number.MAX_SAFE_INTEGER) since += 1;
      distance[i] = Math.min(distance[i] ?? since, since);
    }
  };
  const order = part.steps.map((_, i) => i);
  sweep(order);
  sweep(order.reverse());
  const units: Unit[] = [];
  const removed: boolean[] = [];
  const worth: number[] = [];
  const near: boolean[] = [];
  part.steps.forEach((step, i) => {
    const unit = image.pre.units[step.pre];
    if (unit === undefined) return;
    units.push(unit);
    removed.push(step.post < 0);
    const size = image.language === 'asm' ? 1 : Math.min(unit.size, 12);
    const share = 2 ** (-(distance[i] ?? 0) / NEAR[image.language]);
    worth.push(size * Math.max(FLOOR, share));
    near.push(share > 0.4);
  });
  const skip = worth.map((w, i) => (removed[i] === true ? 2 * w : 0.25 * w));
  return { units, removed, worth, skip, total: worth.reduce((sum, w) => sum + w, 0), near };
}

/** The best fit into a candidate, with renames where the tree lacks names of the mail. Null when nothing fits or the work is too much. */
export function fitInto(
  wanted: Wanted,
  candidate: Candidate,
  rules: RenameRules | null,
  budget: Budget,
  banned?: ReadonlySet<number>,
): Fit | null {
  const cost = wanted.units.length * candidate.units.length + FIT_COST;
  if (cost > budget.cells) return null;
  budget.cells -= cost;
  const names = new Set(candidate.units.flatMap((unit) => unit.names));
  const run = (likeness?: (a: Unit, b: Unit) => number): Alignment | null =>
    align({ ...wanted, pre: wanted.units, target: candidate.units, ...(banned ? { banned } : {}), ...(likeness ? { likeness } : {}) });
  const bound = rules?.bound ?? new Map<string, string>();
  const plain = run(bound.size > 0 ? under(bound) : undefined);
  if (plain === null) return null;
  const first = fitOf(wanted, candidate, plain, bound);
  if (rules === null || !wanted.units.some((unit) => unit.names.some((name) => !names.has(name) && !bound.has(name)))) return first;
  if (budget.cells < 2 * cost) return first;
  budget.cells -= 2 * cost;
  const locals = localNames(candidate);
  const wantedNames = new Set(wanted.units.flatMap((unit) => unit.names));
  const known = new Map<string, boolean>();
  const may = (mail: string, tree: string): boolean => {
    const key = `${mail} ${tree}`;
    let answer = known.get(key);
    if (answer === undefined) known.set(key, (answer = eligible(mail, tree, names, locals, wantedNames, rules)));
    return answer;
  };
  const loose = run((a, b) => {
    const pairs = differingNames(a, b);
    return pairs?.every(([mail, tree]) => bound.get(mail) === tree || may(mail, tree)) === true ? 0.7 : 0;
  });
  if (loose === null) return first;
  const votes = renameVotes(wanted, candidate, loose.match);
  const chosen = oneToOne(votes, bound);
  const second = run(under(chosen));
  if (second === null || second.score <= plain.score) return first;
  const fit = fitOf(wanted, candidate, second, chosen);
  return exactShare(wanted, fit) >= 0.6 ? fit : first;
}

/** Units of the candidate that carry the edit: what another fit would have to do without. */
export function anchors(wanted: Wanted, fit: Fit): Set<number> {
  const taken = new Set<number>();
  fit.match.forEach((j, i) => {
    if (j >= 0 && (wanted.removed[i] === true || wanted.near[i] === true)) taken.add(j);
  });
  return taken;
}

function under(names: ReadonlyMap<string, string>): (a: Unit, b: Unit) => number {
  return (a, b) => (differingNames(a, b)?.every(([mail, tree]) => names.get(mail) === tree) === true ? RENAMED : 0);
}

function fitOf(wanted: Wanted, candidate: Candidate, alignment: Alignment, names: ReadonlyMap<string, string>): Fit {
  const match = solid(wanted, paired(wanted.units, candidate.units, alignment.match));
  const renames = new Map<string, string>();
  let placed = 0;
  match.forEach((j, i) => {
    const mail = wanted.units[i];
    const tree = candidate.units[j];
    if (mail === undefined || tree === undefined) return;
    placed += (wanted.worth[i] ?? 0) * (mail.text === tree.text ? 1 : RENAMED);
    for (const [a, b] of differingNames(mail, tree) ?? []) if (names.get(a) === b) renames.set(a, b);
  });
  return { candidate, placed: wanted.total === 0 ? 0 : placed / wanted.total, score: alignment.score, match, renames };
}

/** Drops matches of closing brackets whose opening ones went elsewhere: `f(a))` must not stand on `f(a) && g(b))` by its last bracket. */
function paired(mail: readonly Unit[], tree: readonly Unit[], match: Int32Array): Int32Array {
  const out = Int32Array.from(match);
  const openers = openersOf(mail);
  const treeOpeners = openersOf(tree);
  match.forEach((j, i) => {
    const opener = openers[i] ?? -1;
    const landed = opener < 0 ? -1 : (match[opener] ?? -1);
    if (j >= 0 && landed >= 0 && treeOpeners[j] !== landed) out[i] = -1;
  });
  return out;
}

/** Per unit: index of the bracket that it closes, or -1. */
function openersOf(units: readonly Unit[]): Int32Array {
  const openers = new Int32Array(units.length).fill(-1);
  const open: number[] = [];
  units.forEach((unit, i) => {
    if (/^[([{]$/.test(unit.text)) open.push(i);
    else if (/^[)\]}]$/.test(unit.text)) {
      const last = open[open.length - 1];
      if (last === undefined || !PAIRS.has((units[last]?.text ?? '') + unit.text)) return;
      openers[i] = last;
      open.pop();
    }
  });
  return openers;
}

const PAIRS = new Set(['()', '[]', '{}']);

/** Drops matches of lone punctuation: a `}` or `ret` that happens to be there anchors nothing. */
function solid(wanted: Wanted, match: Int32Array): Int32Array {
  const out = Int32Array.from(match);
  for (let from = 0; from < match.length; ) {
    let to = from + 1;
    while (to < match.length && (match[from] ?? -1) >= 0 && match[to] === (match[to - 1] ?? -1) + 1) to += 1;
    const run = wanted.units.slice(from, to);
    const tokens = run.reduce((sum, unit) => sum + unit.size, 0);
    const named = run.some((unit) => unit.names.length > 0);
    const label = run.some((unit) => unit.text.endsWith(' :'));
    if (!(named && tokens >= 2 && (run.length >= 2 || tokens >= 3 || label))) {
      for (let i = from; i < to; i += 1) if (wanted.removed[i] !== true) out[i] = -1;
    }
    from = to;
  }
  return out;
}

/**
 * Weighs which names stand for which. Only statements (instructions, directives) that are there whole and in one piece count; a pair must
 * be met in two of them, or in one with much else the same, or look alike: two declarations `long a;` and `long b;` are no rename.
 */
function renameVotes(wanted: Wanted, candidate: Candidate, match: Int32Array): Map<string, number> {
  const votes = new Map<string, number>();
  const met = new Map<string, number>();
  for (let from = 0; from < match.length; ) {
    let to = from;
    while (to < match.length && !/^[;{}]$/.test(wanted.units[to]?.text ?? '') && wanted.units[to]?.size === 1) to += 1;
    to = Math.min(to + 1, match.length);
    voteOf(wanted, candidate, match, from, to, votes, met);
    from = to;
  }
  return new Map([...votes].filter(([key]) => (met.get(key) ?? 0) >= 2));
}

function voteOf(
  wanted: Wanted,
  candidate: Candidate,
  match: Int32Array,
  from: number,
  to: number,
  votes: Map<string, number>,
  met: Map<string, number>,
): void {
  let same = 0;
  let named = 0;
  for (let i = from; i < to; i += 1) {
    const j = match[i] ?? -1;
    if (j < 0 || (i > from && j !== (match[i - 1] ?? -1) + 1)) return;
    const unit = wanted.units[i];
    if (unit?.text !== candidate.units[j]?.text) continue;
    same += 1;
    if (unit?.names.some((name) => name.length > 1 && !isKeyword(name)) === true) named += 1;
  }
  const beside = (step: number, i: number): boolean => {
    const j = match[i + step] ?? -1;
    return j >= 0 && j === (match[i] ?? -1) + step && wanted.units[i + step]?.text === candidate.units[j]?.text;
  };
  for (let i = from; i < to; i += 1) {
    const mail = wanted.units[i];
    const tree = candidate.units[match[i] ?? -1];
    if (mail === undefined || tree === undefined) continue;
    const strong = (same >= 4 && named >= 1) || (mail.size > 1 && beside(-1, i) && beside(1, i));
    for (const [a, b] of differingNames(mail, tree) ?? []) {
      const key = `${a} ${b}`;
      votes.set(key, (votes.get(key) ?? 0) + (wanted.worth[i] ?? 0));
      met.set(key, (met.get(key) ?? 0) + (strong || stem(a) === stem(b) ? 2 : 1));
    }
  }
}

/** `_x`, `.Lx` and `x` are one label in three styles. */
function stem(name: string): string {
  return name.replace(/^\.L_*|^_+/, '');
}

/** Of the named units that are placed, the share (by worth) that needed no rename. */
function exactShare(wanted: Wanted, fit: Fit): number {
  let exact = 0;
  let all = 0;
  fit.match.forEach((j, i) => {
    const unit = wanted.units[i];
    if (j < 0 || unit === undefined) return;
    all += wanted.worth[i] ?? 0;
    if (unit.text === fit.candidate.units[j]?.text) exact += wanted.worth[i] ?? 0;
  });
  return all === 0 ? 0 : exact / all;
}

function eligible(
  mail: string,
  tree: string,
  names: ReadonlySet<string>,
  locals: ReadonlySet<string>,
  wantedNames: ReadonlySet<string>,
  rules: RenameRules,
): boolean {
  if (rules.bound.has(mail) || names.has(mail)) return false;
  if (locals.has(tree)) return !wantedNames.has(tree);
  return !rules.mailNames.has(tree) && !rules.view.used(mail) && rules.view.defined(tree);
}

const TYPE_BEFORE = /^(?:[A-Za-z_]\w*|\*|,)$/;
const NO_TYPE = /^(?:return|goto|else|case|do|sizeof|typeof|if|while|switch|struct|union|enum)$/;

/** Parameters, locals and labels of a function: declared in it, never used as a member. */
export function localNames(candidate: Candidate): Set<string> {
  const locals = new Set<string>();
  if (!candidate.body) return locals;
  const { units } = candidate;
  const members = new Set<string>();
  units.forEach((unit, i) => {
    const name = unit.text;
    if (!/^[A-Za-z_]\w*$/.test(name)) return;
    const before = units[i - 1]?.text ?? '';
    const after = units[i + 1]?.text ?? '';
    if (before === '.' || before === '->') members.add(name);
    const declared =
      TYPE_BEFORE.test(before) && !NO_TYPE.test(before) && /^[;,=[)]$/.test(after) && !(before === ',' && !/^[;,=]$/.test(after));
    const label = after === ':' && /^[;{}]$/.test(before);
    if (declared && (before !== ',' || typedList(units, i))) locals.add(name);
    else if (label) locals.add(name);
  });
  for (const name of members) locals.delete(name);
  return locals;
}

/** `int a, b;` declares b; `f(a, b);` does not: look back to the statement's start for a type and no parenthesis. */
function typedList(units: readonly Unit[], at: number): boolean {
  for (let i = at - 1; i >= 0 && at - i < 40; i -= 1) {
    const text = units[i]?.text ?? '';
    if (text === '(' || text === ')') return false;
    if (text === ';' || text === '{' || text === '}') {
      const [a, b] = [units[i + 1]?.text ?? '', units[i + 2]?.text ?? ''];
      return /^[A-Za-z_]/.test(a) && !NO_TYPE.test(a) && /^(?:[A-Za-z_]|\*)/.test(b);
    }
  }
  return false;
}
