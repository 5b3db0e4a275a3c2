import type { FileDiff, Hunk } from '../diff/types.js';
import { overlay } from '../source/memory-tree.js';
import type { LineOrigin, SourceFile, SourceTree } from '../source/types.js';
import type { RenameRules } from './fit.js';
import { type MergeContext, mergeFile } from './file.js';
import type { MergedFile } from './in-sequence.js';
import { isKconfig, mergeKconfig } from './kconfig.js';
import { imageOf, MAX_HUNK_LINES, unitsBetween } from './image.js';
import { wholeItems } from './parts.js';
import { nameView, reachOf, type Rename, renameIn } from './renames.js';
import type { FileMerge, MergePatch } from './types.js';
import { languageOf, unitsOf } from './units.js';

/** Brings the diffs of one mail into a tree whose files need not be the patch's base. Pure and deterministic; reads only through `tree`. */
export const mergePatch: MergePatch = (tree, files, blobs = () => null) => {
  const touched = files.flatMap((diff) => [diff.oldPath, diff.newPath]).filter((path): path is string => path !== null);
  let reached: readonly string[] | null = null;
  const reach = (): readonly string[] => (reached ??= reachOf(tree, touched));
  const bound = new Map<string, string>();
  const rules: RenameRules = { view: nameView(tree, reach), mailNames: namesOf(files), bound };
  const bind = (renames: readonly Rename[]): void => {
    for (const rename of renames) {
      if (rename.within === null && !bound.has(rename.mail) && ![...bound.values()].includes(rename.tree))
        bound.set(rename.mail, rename.tree);
    }
  };
  const run = (): State => {
    const state: State = { tree, before: new Map(), after: new Map(), merges: [] };
    for (const diff of files) state.merges.push(mergeDiff(diff, state, { rules, bind, blobs }));
    return state;
  };
  let state = run();
  // A rename learned in a late file may place what an early one had to refuse.
  if (bound.size > 0 && state.merges.some((merge) => merge.kind === 'refused' || (merge.kind === 'merged' && merge.refused.length > 0)))
    state = run();
  const renamed = (side: Map<string, SourceFile | null>): SourceTree => overlay(tree, withRenames(tree, side, bound, reach));
  return { before: renamed(state.before), after: renamed(state.after), files: state.merges };
};

interface State {
  readonly tree: SourceTree;
  readonly before: Map<string, SourceFile | null>;
  readonly after: Map<string, SourceFile | null>;
  readonly merges: FileMerge[];
}

function mergeDiff(diff: FileDiff, state: State, context: MergeContext): FileMerge {
  const path = diff.newPath ?? diff.oldPath ?? '';
  if (diff.change === 'binary') return { kind: 'refused', path, why: `${path} is a binary file` };
  const old = diff.oldPath === null ? null : current(state, diff.oldPath);
  if (diff.change === 'added') return addFile(diff, path, state);
  if (diff.change === 'deleted') {
    if (old === null) return { kind: 'refused', path, why: `the tree has no file ${path}` };
    state.after.set(path, null);
    return { kind: 'merged', path, how: 'exact', placed: 1, hunks: [], renames: [], refused: [] };
  }
  const moved = diff.oldPath !== null && diff.oldPath !== path;
  const base = old ?? (moved ? current(state, path) : null);
  if (base === null) return definitionsOnly(diff, path, state);
  const file = base.path === path ? base : { ...base, path };
  const merged = byEntries(diff, file, mergeFile(diff, file, context));
  context.bind(merged.renames);
  if (merged.after !== base) state.after.set(path, merged.after);
  if (moved && diff.change === 'renamed' && old !== null) state.after.set(old.path, null);
  // A second diff of the same file builds on the first one's result and cannot be told from the tree's own text.
  if (merged.before !== file && !moved && !state.before.has(path) && current(state, path) !== null) {
    if (state.tree.read(path) === base) state.before.set(path, merged.before);
  }
  return merged.merge;
}

/** What has no place by its context in a Kconfig file may have one by the entries that it names. */
function byEntries(diff: FileDiff, file: SourceFile, merged: MergedFile): MergedFile {
  const { merge } = merged;
  const left = (of: FileMerge): number => (of.kind === 'refused' ? diff.hunks.length : of.kind === 'merged' ? of.refused.length : 0);
  if (left(merge) === 0 || !isKconfig(file.path)) return merged;
  const other = mergeKconfig(diff, file);
  return other !== null && left(other.merge) < left(merge) ? other : merged;
}

function current(state: State, path: string): SourceFile | null {
  const file = state.after.get(path);
  return file === undefined ? state.tree.read(path) : file;
}

/** A new file. When the tree has one of that name, it is an older or newer state of the same file: out of `before`, replaced in `after`. */
function addFile(diff: FileDiff, path: string, state: State): FileMerge {
  const lines = diff.hunks.flatMap((hunk) => added(hunk));
  const there = current(state, path);
  const file = fileOf(path, lines);
  if (there !== null) {
    state.before.set(path, null);
    const units = (text: string): string =>
      unitsOf(text, languageOf(path))
        .map((unit) => unit.text)
        .join('\n');
    if (units(there.text) === units(file.text)) return { kind: 'reversed', path, placed: 1 };
  }
  state.after.set(path, file);
  return { kind: 'merged', path, how: 'new-file', placed: 1, hunks: [], renames: [], refused: [] };
}

interface PatchLine {
  readonly text: string;
  readonly line: number;
}

function added(hunk: Hunk): PatchLine[] {
  return hunk.lines.filter((line) => line.kind !== 'removed').map((line, i) => ({ text: line.text, line: hunk.newStart + i }));
}

function fileOf(path: string, lines: readonly PatchLine[]): SourceFile {
  const origins: LineOrigin[] = lines.map(({ line }) => ({ origin: 'patch', line }));
  origins.push({ origin: 'patch', line: (lines[lines.length - 1]?.line ?? 0) + 1 });
  return { path, text: lines.map(({ text }) => `${text}\n`).join(''), lines: origins };
}

/** The tree lacks the file: what the patch adds as whole definitions can still be compiled. */
function definitionsOnly(diff: FileDiff, path: string, state: State): FileMerge {
  const missing = `the tree has no file ${path}`;
  const whole: PatchLine[] = [];
  const refused: { hunk: number; why: string }[] = [];
  diff.hunks.forEach((hunk, h) => {
    const runs = wholeRuns(hunk, path);
    whole.push(...runs.lines);
    if (!runs.all) refused.push({ hunk: h + 1, why: `hunk ${h + 1} of ${path}: ${missing}` });
  });
  if (whole.length === 0) return { kind: 'refused', path, why: missing };
  state.after.set(path, fileOf(path, whole));
  return { kind: 'merged', path, how: 'new-file', placed: 0, hunks: [], renames: [], refused };
}

/** The runs of added lines that are whole definitions; `all` when the hunk does nothing else. */
function wholeRuns(hunk: Hunk, path: string): { lines: PatchLine[]; all: boolean } {
  if (hunk.lines.length > MAX_HUNK_LINES) return { lines: [], all: false };
  const image = imageOf(hunk, languageOf(path));
  const lines: PatchLine[] = [];
  let all = true;
  for (let from = 0; from < hunk.lines.length; ) {
    let to = from;
    while (hunk.lines[to]?.kind === 'added') to += 1;
    if (to === from) {
      if (hunk.lines[from]?.kind === 'removed' && hunk.lines[from]?.text.trim() !== '') all = false;
      from += 1;
      continue;
    }
    const mine = image.post.lines.filter((line) => line.hunkLine >= from && line.hunkLine < to);
    const units = unitsBetween(image.post, from, to);
    if (units.length > 0) {
      if (wholeItems(image, units, 'post') === null) all = false;
      else lines.push(...mine.map((line) => ({ text: line.text, line: line.number })));
    }
    from = to;
  }
  return { lines, all };
}

/** All names that the mail's lines use: a name of the tree that is among them cannot be renamed. */
function namesOf(files: readonly FileDiff[]): Set<string> {
  const names = new Set<string>();
  for (const diff of files) {
    const language = languageOf(diff.newPath ?? diff.oldPath ?? '');
    for (const hunk of diff.hunks) {
      for (const kind of ['removed', 'added'] as const) {
        const text = hunk.lines.filter((line) => line.kind === 'context' || line.kind === kind).map((line) => line.text);
        for (const unit of unitsOf(text.join('\n'), language)) for (const name of unit.names) names.add(name);
      }
    }
  }
  return names;
}

/** One side's files with the tree's names replaced by the mail's in everything the rename reaches. */
function withRenames(
  tree: SourceTree,
  side: Map<string, SourceFile | null>,
  bound: ReadonlyMap<string, string>,
  reach: () => readonly string[],
): Map<string, SourceFile | null> {
  if (bound.size === 0) return side;
  const names = new Map([...bound].map(([mail, own]) => [own, mail]));
  const out = new Map(side);
  for (const path of new Set([...reach(), ...side.keys()])) {
    const file = side.has(path) ? (side.get(path) ?? null) : tree.read(path);
    const renamed = file === null ? null : renameIn(file, names);
    if (renamed !== null && renamed !== file) out.set(path, renamed);
  }
  return out;
}
