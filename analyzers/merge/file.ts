import type { FileDiff, Hunk } from '../diff/types.js';
import type { SourceFile } from '../source/types.js';
import { netOf, staysSound } from './balance.js';
import { applyEdits, type Edit, orderEdits } from './edit.js';
import type { Budget, RenameRules } from './fit.js';
import { type HunkMerge, mergeHunk } from './hunk.js';
import { inSequence, type MergedFile } from './in-sequence.js';
import type { Rename } from './renames.js';
import { type Target, targetOf } from './target.js';
import { threeWay } from './three-way.js';
import type { Blobs, FileMerge, HunkPlace, Way } from './types.js';
import { type Unit, unitsOf } from './units.js';

/** Alignment cells that one file may cost: about a second of work. */
const FILE_CELLS = 60_000_000;
/** So many hunks are tried one by one when together they leave the file unsound. */
const MAX_TRIED = 60;

type Placed = Exclude<HunkMerge, { kind: 'refused' }>;

/** What merging a file may ask for. */
export interface MergeContext {
  readonly rules: RenameRules;
  /** Binds the renames that a hunk brought, for the hunks and files after it. */
  readonly bind: (renames: readonly Rename[]) => void;
  readonly blobs: Blobs;
}

/** Brings all hunks of one diff into one file of the tree. */
export function mergeFile(diff: FileDiff, file: SourceFile, { rules, bind, blobs }: MergeContext): MergedFile {
  const plain = inSequence(diff, file);
  if (plain !== null) return plain;
  const target = targetOf(file);
  if (target === null) return refusedFile(file, 'the file is too large to merge into');
  const budget: Budget = { cells: FILE_CELLS };
  const base = diff.oldBlob === null ? null : blobs(diff.oldBlob);
  const based = base === null ? null : threeWay(diff.hunks, base, file);
  const place = (hunk: Hunk, i: number): HunkMerge => mergeHunk(hunk, target, rules, budget, based?.[i] ?? null);
  const results = diff.hunks.map(place);
  const first = keepSound(diff, target, results);
  const learned = first.flatMap((result) => (result.kind === 'refused' ? [] : result.renames));
  if (learned.length > 0) {
    bind(learned);
    first.forEach((result, i) => {
      const hunk = diff.hunks[i];
      if (result.kind === 'refused' && hunk) first[i] = place(hunk, i);
    });
  }
  const kept = learned.length > 0 ? keepSound(diff, target, first) : first;
  const sides = build(target, kept);
  if (sides === null) return refusedFile(file, 'its hunks overlap in the tree');
  return { ...sides, merge: report(target, kept), renames: kept.flatMap((result) => (result.kind === 'refused' ? [] : result.renames)) };
}

function refusedFile(file: SourceFile, why: string): MergedFile {
  return { before: file, after: file, merge: { kind: 'refused', path: file.path, why }, renames: [] };
}

const WEAKEST: readonly Way[] = ['tokens', 'three-way', 'exact'];

/** A diff may have more hunks than anybody would read about. */
const MAX_TOLD = 20;

function firstOf(whys: readonly string[]): string {
  const more = whys.length - MAX_TOLD;
  return `${whys.slice(0, MAX_TOLD).join('; ')}${more > 0 ? `; and ${String(more)} more` : ''}`;
}

function report({ file, lineStarts }: Target, results: readonly HunkMerge[]): FileMerge {
  const { path } = file;
  const placed = results.filter((result): result is Placed => result.kind !== 'refused');
  const refused = results.flatMap((result, i) =>
    result.kind === 'refused' ? [{ hunk: i + 1, why: `hunk ${i + 1} of ${path}: ${result.why}` }] : [],
  );
  if (placed.length === 0 && refused.length > 0) return { kind: 'refused', path, why: firstOf(refused.map((one) => one.why)) };
  const units = placed.reduce((sum, one) => sum + one.units, 0);
  const found = placed.reduce((sum, one) => sum + one.found, 0);
  const share = units === 0 ? 1 : found / units;
  const out = results.flatMap((result, i) => (result.kind === 'out' ? [i + 1] : []));
  const restored = results.flatMap((result, i) => (result.kind === 'in' && result.restored !== undefined ? [i + 1] : []));
  if (out.length > 0 && out.length === results.length) return { kind: 'reversed', path, placed: share };
  const renames = new Map(
    placed.flatMap((one) => one.renames.map((rename) => [`${rename.mail} ${rename.tree}`, [rename.mail, rename.tree] as const])),
  );
  return {
    kind: 'merged',
    path,
    how: WEAKEST.find((way) => placed.some((one) => one.way === way)) ?? 'exact',
    placed: share,
    hunks: results.flatMap((result, i): HunkPlace[] => {
      if (result.kind === 'refused') return [];
      const start = Math.min(...[...result.edits, ...result.both].map((edit) => edit.start));
      const line = Number.isFinite(start) ? lastUpTo(lineStarts, start) + 1 : 0;
      return [{ hunk: i + 1, way: result.way, line, placed: result.units === 0 ? 1 : result.found / result.units }];
    }),
    renames: [...renames.values()],
    refused,
    ...(out.length > 0 ? { reversed: out } : {}),
    ...(restored.length > 0 ? { restored } : {}),
  };
}

/** Both sides of the file, or null when edits overlap. */
function build(target: Target, results: readonly HunkMerge[]): { before: SourceFile; after: SourceFile } | null {
  const placed = results.filter((result): result is Placed => result.kind !== 'refused');
  const both = placed.flatMap((one) => one.both.filter((cut) => !placed.some((other) => other !== one && edits(other, cut))));
  const out = placed.filter((one) => one.kind === 'out');
  const into = placed.filter((one) => one.kind === 'in').flatMap((one) => one.edits);
  const locals = placed.flatMap((one) => one.renames.flatMap((rename) => localEdits(target, rename)));
  const earlier = placed.flatMap((one) => one.restored ?? []);
  const before = finish(target.file, [...both, ...earlier, ...out.flatMap((one) => one.edits)], locals);
  const after = finish(ofPatch(target, out), [...both, ...into], locals);
  return before === null || after === null ? null : { before, after };
}

/** A definition that another hunk edits is no older state of what is added: it becomes something else, such as a helper of the new one. */
const edits = (hunk: Placed, cut: Edit): boolean =>
  cut.insert.length === 0 && hunk.edits.some((edit) => edit.start < cut.end && cut.start < edit.end);

function finish(file: SourceFile, edits: readonly Edit[], renames: readonly Edit[]): SourceFile | null {
  const unique = new Map(renames.map((edit) => [edit.start, edit]));
  const free = [...unique.values()].filter((rename) => !edits.some((edit) => edit.start < rename.end && rename.start < edit.end));
  const sorted = orderEdits([...withoutNested(edits), ...free]);
  return sorted === null ? null : sorted.length === 0 ? file : applyEdits(file, sorted);
}

/** Two hunks may take the same definition out: once is enough. */
function withoutNested(edits: readonly Edit[]): readonly Edit[] {
  const seen = new Set<string>();
  return edits.filter((edit) => {
    if (edit.insert.length > 0) return true;
    const key = `${edit.start} ${edit.end}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The tree's file with the lines that the patch brought earlier marked as the patch's. */
function ofPatch(target: Target, out: readonly Placed[]): SourceFile {
  if (out.length === 0) return target.file;
  const lines = [...target.file.lines];
  for (const { edits, image } of out) {
    // The image is that of the reversed hunk: its pre-image is what the tree has now.
    const numbers = new Map<string, number[]>();
    image.steps.forEach((step) => {
      const unit = image.pre.units[step.pre];
      const line = image.pre.lines[unit?.line ?? -1];
      if (unit === undefined || line === undefined || step.post >= 0) return;
      const list = numbers.get(unit.text) ?? [];
      list.push(line.number);
      numbers.set(unit.text, list);
    });
    for (const edit of edits) {
      for (let k = firstFrom(target.units, edit.start); k < target.units.length; k += 1) {
        const unit = target.units[k];
        if (unit === undefined || unit.end > edit.end) break;
        const number = numbers.get(unit.text)?.shift();
        if (number !== undefined && lines[unit.line]?.origin !== 'patch') lines[unit.line] = { origin: 'patch', line: number };
      }
    }
  }
  return { path: target.file.path, text: target.file.text, lines };
}

/** Index of the last of some ascending numbers that is not above `value`; 0 when all are. */
function lastUpTo(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if ((numbers[mid] ?? 0) <= value) low = mid;
    else high = mid;
  }
  return low;
}

/** Index of the first unit that starts at or after an offset. */
function firstFrom(units: readonly Unit[], offset: number): number {
  let low = 0;
  let high = units.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((units[mid]?.start ?? 0) < offset) low = mid + 1;
    else high = mid;
  }
  return low;
}

function localEdits(target: Target, rename: Rename): Edit[] {
  const span = rename.within;
  if (span === null) return [];
  const tokens = unitsOf(target.file.text.slice(span.start, span.end), target.language, true);
  return tokens.flatMap((token, i) => {
    const before = tokens[i - 1]?.text;
    if (token.text !== rename.tree || before === '.' || before === '->') return [];
    const start = span.start + token.start;
    return [
      {
        start,
        end: start + token.text.length,
        insert: [{ text: rename.mail, origin: null }],
        breakBefore: false,
        breakAfter: 'none' as const,
        continued: false,
      },
    ];
  });
}

/** Refuses hunks that would leave the file unbalanced, overlap an earlier one, or lose a function. */
function keepSound(diff: FileDiff, target: Target, results: readonly HunkMerge[]): HunkMerge[] {
  const kept: HunkMerge[] = results.map((result) => (result.kind === 'refused' ? result : { kind: 'refused', why: '' }));
  const open = results.flatMap((result, i) => (result.kind !== 'refused' && netOf(result.image) !== '' ? [i] : []));
  const alone = results.flatMap((result, i) => (result.kind !== 'refused' && !open.includes(i) ? [[i]] : []));
  const groups = [...alone, ...(open.length > 0 ? [open] : [])];
  const mayGo = removedFunctions(diff, results);
  const all = build(target, results);
  if (all !== null && sound(target, all, mayGo)) return [...results];
  if (groups.length > MAX_TRIED)
    return kept.map((result) =>
      result.kind === 'refused' && result.why !== '' ? result : { kind: 'refused', why: 'the hunks of the file do not fit together' },
    );
  for (const group of groups) {
    const tried = kept.map((result, i) => (group.includes(i) ? (results[i] ?? result) : result));
    const sides = build(target, tried);
    let why = '';
    if (sides === null) why = 'it overlaps another hunk in the tree';
    else if (!sound(target, sides, mayGo))
      why =
        group.length > 1 || open.includes(group[0] ?? -1)
          ? 'its brackets do not close in the tree, another hunk that belongs to it is missing'
          : 'it would leave brackets or functions of the tree broken';
    for (const i of group) kept[i] = why === '' ? (results[i] ?? { kind: 'refused', why }) : { kind: 'refused', why };
  }
  return kept;
}

function sound(target: Target, sides: { before: SourceFile; after: SourceFile }, mayGo: ReadonlySet<string>): boolean {
  return staysSound(target.file, sides.before, target.language, mayGo) && staysSound(target.file, sides.after, target.language, mayGo);
}

/** Functions that a hunk takes away or renames, on either side. */
function removedFunctions(diff: FileDiff, results: readonly HunkMerge[]): Set<string> {
  const names = new Set<string>();
  for (const hunk of diff.hunks) {
    for (const line of hunk.lines) {
      if (line.kind !== 'context')
        for (const name of line.text.matchAll(/([A-Za-z_]\w*)\s*\(/g)) if (name[1] !== undefined) names.add(name[1]);
    }
  }
  for (const result of results) if (result.kind !== 'refused') for (const rename of result.renames) names.add(rename.tree);
  return names;
}
