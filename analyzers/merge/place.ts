import { anchor, type OriginOf } from './anchor.js';
import { type Candidate, candidatesFor, macroCandidates, stretchOf } from './candidates.js';
import type { Edit } from './edit.js';
import { anchors, type Budget, CUT_OFF, type Fit, fitInto, localNames, type RenameRules, type Wanted, wantedOf } from './fit.js';
import { type HunkImage, imageOf } from './image.js';
import { KernelLayout } from './kernel-layout.js';
import { type Part, partsOf } from './parts.js';
import type { Rename } from './renames.js';
import { runsIn, type Target } from './target.js';

/** Below this share of the weighed pre-image a place is not taken. */
const NEEDED = 0.8;
/** In the function that the hunk itself names, where every insertion sits between neighbours, this is enough. */
const NEEDED_AT_HOME = 0.6;
/** A second place as good as this (share of the pre-image) makes the first one ambiguous. */
const MARGIN = 0.06;

export interface Placement {
  readonly edits: readonly Edit[];
  /** Units of the pre-image, and how many of them were found. */
  readonly units: number;
  readonly found: number;
  readonly placed: number;
  readonly tight: boolean;
  readonly renames: readonly Rename[];
}

export type Placed = { readonly ok: true; readonly placement: Placement } | { readonly ok: false; readonly why: string };

export interface PlaceInput {
  readonly image: HunkImage;
  readonly part: Part;
  readonly target: Target;
  /** Null: no renames are looked for. */
  readonly rules: RenameRules | null;
  readonly originOf: OriginOf;
  readonly budget: Budget;
}

/** Finds the one place where a part's change belongs. */
export function placePart(input: PlaceInput): Placed {
  const { image, part, target, rules } = input;
  const wanted = wantedOf(image, part);
  if (wanted.units.length === 0) return { ok: false, why: 'it has no context to go by' };
  const own = (name: string): string => rules?.bound.get(name) ?? name;
  let best = 0;
  let why = '';
  for (const [rank, group] of candidatesFor(image, part, target, own).entries()) {
    const home = rank === 0 && image.hunk.section !== '' && (target.language === 'asm' || group[0]?.what !== 'file scope');
    const found = placeIn(input, wanted, group, home);
    if (found.ok) return found;
    if (found.best > best || why === '') why = found.why;
    best = Math.max(best, found.best);
    if (input.budget.cells <= 0) break;
  }
  const [run, ...others] = runsIn(wanted.units, target);
  if (run !== undefined && others.length === 0) {
    const found = placeIn(input, wanted, [stretchOf(target, run, run + wanted.units.length)], false);
    if (found.ok) return found;
  }
  if (target.language === 'c' && image.pre.lines.some((line) => line.text.trimEnd().endsWith('\\'))) {
    const inMacro = placeInMacro(input);
    if (inMacro?.ok === true) return inMacro;
  }
  if (best < NEEDED)
    why = `${percent(best)} of its context is in the tree, ${percent(NEEDED)} is needed${why.startsWith('no ') || why === '' ? '' : ` (${why})`}`;
  if (input.budget.cells <= 0) why = CUT_OFF;
  return { ok: false, why };
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

interface Candid {
  readonly fit: Fit;
  readonly edits: readonly Edit[];
  readonly tight: boolean;
}

type Found = (Placed & { readonly ok: true }) | { readonly ok: false; readonly best: number; readonly why: string };

function placeIn(input: PlaceInput, wanted: Wanted, group: readonly Candidate[], home: boolean): Found {
  const needed = home ? NEEDED_AT_HOME : NEEDED;
  const able: Candid[] = [];
  let best = 0;
  let why = '';
  for (const candidate of group) {
    if (input.budget.cells <= 0) break;
    if (group.length > 3) input.budget.cells -= 10 * wanted.units.length;
    if (!home && group.length > 3 && !worthTrying(input, wanted, candidate)) continue;
    const tried = attempt(input, wanted, candidate, needed);
    if (tried.fit !== null && (tried.fit.placed > best || why === '')) {
      best = Math.max(best, tried.fit.placed);
      why = tried.why;
    }
    if (tried.candid !== null) able.push(tried.candid);
  }
  able.sort((a, b) => b.fit.score - a.fit.score || a.fit.candidate.start - b.fit.candidate.start);
  const [first, second] = able;
  if (first === undefined) return { ok: false, best, why };
  if (second !== undefined && close(first, second, wanted) && !sameEdits(first, second))
    return { ok: false, best, why: `it fits ${first.fit.candidate.what} and ${second.fit.candidate.what} alike` };
  const again = attempt(input, wanted, first.fit.candidate, needed, anchors(wanted, first.fit));
  if (again.candid !== null && close(first, again.candid, wanted))
    return { ok: false, best, why: `it fits ${first.fit.candidate.what} in more than one place` };
  return { ok: true, placement: placementOf(input, wanted, first) };
}

function close(a: Candid, b: Candid, wanted: Wanted): boolean {
  return a.fit.score - b.fit.score < MARGIN * wanted.total;
}

function sameEdits(a: Candid, b: Candid): boolean {
  return a.edits.length === b.edits.length && a.edits.every((edit, i) => edit.start === b.edits[i]?.start && edit.end === b.edits[i].end);
}

function attempt(
  input: PlaceInput,
  wanted: Wanted,
  candidate: Candidate,
  needed: number,
  banned?: ReadonlySet<number>,
): { readonly fit: Fit | null; readonly candid: Candid | null; readonly why: string } {
  let best: { fit: Fit | null; candid: Candid | null; why: string } = { fit: null, candid: null, why: '' };
  for (const rules of input.rules === null ? [null] : [input.rules, null]) {
    const fit = fitInto(wanted, candidate, rules, input.budget, banned);
    if (fit === null) continue;
    const anchored = anchor(input.image, input.part, fit, input.target, input.originOf);
    const enough = fit.placed >= NEEDED || (fit.placed >= needed && anchored.ok && anchored.tight);
    if (anchored.ok && enough) return { fit, candid: { fit, edits: anchored.edits, tight: anchored.tight }, why: '' };
    if (best.fit === null || fit.placed > best.fit.placed) best = { fit, candid: null, why: anchored.ok ? '' : anchored.why };
    if (fit.renames.size === 0) break;
  }
  return best;
}

/** Below this share of a part's lines a function of a kernel tree is not aligned with it. */
const LINES_NEEDED = 0.3;

/** A cheap look at a candidate among many. */
function worthTrying({ image, part, target, rules, budget }: PlaceInput, wanted: Wanted, candidate: Candidate): boolean {
  const layout = KernelLayout.of(target);
  if (layout !== null) {
    const lines = image.pre.lines.filter(({ hunkLine }) => hunkLine >= part.from && hunkLine < part.to).map(({ text }) => text);
    const from = candidate.units[0]?.line ?? 0;
    if (layout.share(lines, from, (candidate.units.at(-1)?.endLine ?? from) + 1) < LINES_NEEDED) return false;
  }
  budget.cells -= 10 * candidate.units.length;
  return bagShare(wanted, candidate, rules !== null) >= 0.5;
}

/** Share of the worth whose units occur in the candidate at all: a cheap upper bound before the alignment. */
function bagShare(wanted: Wanted, candidate: Candidate, shapes: boolean): number {
  const texts = new Set(candidate.units.map((unit) => (shapes ? unit.shape : unit.text)));
  let sum = 0;
  wanted.units.forEach((unit, i) => {
    if (texts.has(shapes ? unit.shape : unit.text)) sum += wanted.worth[i] ?? 0;
  });
  return wanted.total === 0 ? 0 : sum / wanted.total;
}

function placementOf(input: PlaceInput, wanted: Wanted, { fit, edits, tight }: Candid): Placement {
  const locals = localNames(fit.candidate);
  const { path } = input.target.file;
  return {
    edits,
    units: wanted.units.length,
    found: fit.match.reduce((sum, j) => sum + (j >= 0 ? 1 : 0), 0),
    placed: fit.placed,
    tight,
    renames: [...fit.renames].map(([mail, tree]) => ({
      mail,
      tree,
      within: locals.has(tree) ? { path, start: fit.candidate.start, end: fit.candidate.end } : null,
    })),
  };
}

/** A hunk in the middle of a macro of several lines: token by token within each such macro. */
function placeInMacro(input: PlaceInput): Placed | null {
  const split = imageOf(input.image.hunk, input.image.language, true);
  const parts = partsOf(split);
  const part = parts[0];
  if (part === undefined || parts.length > 1) return null;
  const found = placeIn({ ...input, image: split, part }, wantedOf(split, part), macroCandidates(input.target), false);
  return found.ok ? found : null;
}
