import type { Hunk } from '../diff/types.js';
import type { OriginOf } from './anchor.js';
import { candidatesFor } from './candidates.js';
import { placeDefinitions } from './definitions.js';
import type { Edit } from './edit.js';
import { exactEdits } from './exact.js';
import { placeWithoutContext } from './fallback.js';
import { type Budget, CUT_OFF, type RenameRules } from './fit.js';
import { type HunkImage, imageOf, MAX_HUNK_LINES, reverseHunk } from './image.js';
import { mayBeThere } from './kernel-layout.js';
import { linesOf, placesOf } from './lines.js';
import { type Part, partsOf } from './parts.js';
import { placePart } from './place.js';
import type { Rename } from './renames.js';
import { restoreFunctions } from './restore.js';
import type { Target } from './target.js';
import type { ThreeWay } from './three-way.js';
import type { Way } from './types.js';

/** How one hunk meets the tree's file. Edits are in the coordinates of that file. */
export type HunkMerge =
  | {
      readonly kind: 'in' | 'out';
      /** `in`: edits that make the file after. `out`: the tree has the change; these edits make the file before. */
      readonly edits: readonly Edit[];
      /** Edits that both sides get. */
      readonly both: readonly Edit[];
      readonly way: Way;
      readonly units: number;
      readonly found: number;
      /** `in`: nothing stands between the neighbours of what is inserted. `out`: the context is there as well. */
      readonly tight: boolean;
      readonly renames: readonly Rename[];
      readonly image: HunkImage;
      /** `in`, where the tree has a later state of what the hunk makes: edits that make the file before. */
      readonly restored?: readonly Edit[];
    }
  | { readonly kind: 'refused'; readonly why: string };

/** At least this share of the post-image must be there for a change to count as already applied. */
const REVERSED = 0.95;
const MAX_PARTS = 200;
/** Places one hunk: word for word, else by the blob it was made for (`base`), else by tokens; as already applied where the tree has it. */
export function mergeHunk(hunk: Hunk, target: Target, rules: RenameRules, budget: Budget, base: ThreeWay | null): HunkMerge {
  if (hunk.lines.length > MAX_HUNK_LINES) return { kind: 'refused', why: `it has more than ${MAX_HUNK_LINES} lines` };
  if (budget.cells <= 0) return { kind: 'refused', why: CUT_OFF };
  // Both sides are looked for in all of the file.
  budget.cells -= 2 * target.lineStarts.length;
  const image = imageOf(hunk, target.language);
  const back = imageOf(reverseHunk(hunk), target.language);
  const ofPatch: OriginOf = (number) => ({ origin: 'patch', line: number });
  const ofTree: OriginOf = (_, line) => target.file.lines[line] ?? { origin: 'tree', line: line + 1 };

  const here = exactPlace(image, target);
  if (here !== null) return exactly('in', image, target, here, ofPatch);
  const there = exactPlace(back, target);
  if (there !== null && hunk.lines.some((line) => line.kind === 'added' && line.text.trim() !== ''))
    return exactly('out', back, target, there, ofTree);
  if (base !== null && base.kind !== 'conflict') return byBase(base, image, back);
  if (image.steps.every((step) => step.pre >= 0 && step.post >= 0))
    return { kind: 'in', edits: [], both: [], way: 'tokens', units: 0, found: 0, tight: true, renames: [], image };

  if (partsOf(image).length > MAX_PARTS) return { kind: 'refused', why: `it changes more than ${MAX_PARTS} places` };
  const out = mayBeThere(hunk.lines, target) ? takeBack(back, target, rules, budget, ofTree) : null;
  if (out?.tight === true && partsOf(image).every((part) => onlyAdds(part))) return out;
  const into = bringIn(image, target, rules, budget, ofPatch);
  if (out === null) return into.kind === 'refused' ? (restored(image, target, ofPatch) ?? into) : into;
  if (into.kind === 'refused') return out;
  // Where the context of a block that is there is thin, what stands in the place of the insertion decides.
  if (!out.tight) return into.tight ? into : out;
  return into.found * out.units >= out.found * into.units ? into : out;
}

type Done = Exclude<HunkMerge, { kind: 'refused' }>;

function exactly(kind: 'in' | 'out', image: HunkImage, target: Target, at: number, originOf: OriginOf): Done {
  const units = image.pre.units.length;
  return {
    kind,
    edits: exactEdits(image.hunk, target.file, at, originOf),
    both: [],
    way: 'exact',
    units,
    found: units,
    tight: true,
    renames: [],
    image,
  };
}

function byBase(base: Exclude<ThreeWay, { kind: 'conflict' }>, image: HunkImage, back: HunkImage): Done {
  const { length } = image.pre.units;
  const common = { edits: base.edits, both: [], way: 'three-way', units: length, found: length, tight: true, renames: [] } as const;
  return base.kind === 'in' ? { kind: 'in', ...common, image } : { kind: 'out', ...common, image: back };
}

function restored(image: HunkImage, target: Target, originOf: OriginOf): Done | null {
  const sides = restoreFunctions(image, target, originOf);
  if (sides === null) return null;
  const { units, found } = sides;
  return { kind: 'in', edits: sides.after, both: [], way: 'tokens', units, found, tight: true, renames: [], image, restored: sides.before };
}

/** The only place of the pre-image, or of several the only one in the function that the hunk names, or the one at the stated line. */
function exactPlace(image: HunkImage, target: Target): number | null {
  if (!image.pre.lines.some((line) => line.text.trim() !== '')) return null;
  const places = placesOf(
    image.pre.lines.map((line) => line.text),
    linesOf(target.file).texts,
  );
  if (places.length <= 1) return places[0] ?? null;
  const stated = places.find((place) => place === image.hunk.oldStart - 1);
  if (stated !== undefined) return stated;
  const part = partsOf(image)[0];
  if (part === undefined) return null;
  const [home] = candidatesFor(image, part, target, (name) => name);
  const inside = places.filter((place) =>
    home?.some((one) => {
      const at = target.lineStarts[place] ?? 0;
      return one.body && at >= one.start && at <= one.end;
    }),
  );
  return inside.length === 1 ? (inside[0] ?? null) : null;
}

function onlyTakes(part: Part): boolean {
  return part.steps.every((step) => step.pre >= 0);
}

function onlyAdds(part: Part): boolean {
  return part.steps.every((step) => step.post >= 0);
}

/** The change is in the tree already: every part's post-image is there, near whole, and comes out without a conflict. */
function takeBack(back: HunkImage, target: Target, rules: RenameRules, budget: Budget, originOf: OriginOf): Done | null {
  const parts = partsOf(back);
  if (parts.length === 0) return null;
  const edits: Edit[] = [];
  const renames: Rename[] = [];
  let sure = true;
  let units = 0;
  let found = 0;
  for (const part of parts) {
    const placed = placePart({ image: back, part, target, rules, originOf, budget });
    if (!placed.ok || !placed.placement.tight) return null;
    const { placement } = placed;
    if (placement.placed < REVERSED) {
      if (!onlyTakes(part)) return null;
      sure = false;
    }
    edits.push(...placement.edits);
    // Text that only goes needs no common names; text that comes back does.
    if (part.steps.some((step) => step.pre < 0)) renames.push(...placement.renames);
    units += placement.units;
    found += placement.found;
  }
  return { kind: 'out', edits, both: [], way: 'tokens', units, found, tight: sure, renames, image: back };
}

const CONDITION = 'what it adds stands under a condition, and that place is not in the tree';

/** Whether the hunk shows the end of a conditional that its added lines stand in: anywhere else they would hold where they must not. */
function underCondition({ hunk }: HunkImage, part: Part): boolean {
  let open = 0;
  for (const { kind, text } of hunk.lines.slice(part.to)) {
    if (kind === 'removed') continue;
    if (/^\s*#\s*if/.test(text)) open += 1;
    else if (open === 0 && /^\s*#\s*el/.test(text)) return true;
    // Of an include guard, which ends the file, a header's name stands beside it, or nothing.
    else if (/^\s*#\s*endif/.test(text) && (open -= 1) < 0) return /#\s*endif\s*\/\*(?!.*_H\b|.*_H_)/.test(text);
  }
  return false;
}

function bringIn(image: HunkImage, target: Target, rules: RenameRules, budget: Budget, originOf: OriginOf): HunkMerge {
  const edits: Edit[] = [];
  const both: Edit[] = [];
  const renames: Rename[] = [];
  let tight = true;
  let units = 0;
  let found = 0;
  for (const part of partsOf(image)) {
    if (part.kind === 'definitions') {
      const defined = placeDefinitions(image, part, target, originOf, budget);
      if (!defined.anchored && underCondition(image, part)) return { kind: 'refused', why: CONDITION };
      edits.push(...defined.edits);
      both.push(...defined.takenOut);
      if (!defined.anchored || defined.takenOut.length > 0) tight = false;
      continue;
    }
    const placed = placePart({ image, part, target, rules, originOf, budget });
    if (placed.ok) {
      edits.push(...placed.placement.edits);
      renames.push(...placed.placement.renames);
      units += placed.placement.units;
      found += placed.placement.found;
      if (!placed.placement.tight) tight = false;
      continue;
    }
    const loose = placeWithoutContext(image, part, target, originOf, budget);
    if (loose === null) return { kind: 'refused', why: placed.why };
    if (!loose.anchored && underCondition(image, part)) return { kind: 'refused', why: CONDITION };
    edits.push(...loose.edits);
    both.push(...loose.takenOut);
    tight = false;
  }
  return { kind: 'in', edits, both, way: 'tokens', units, found, tight, renames, image };
}
