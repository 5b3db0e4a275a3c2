import type { FileDiff, Hunk } from '../diff/types.js';
import type { LineOrigin, SourceFile } from '../source/types.js';
import type { MergedFile } from './in-sequence.js';
import type { HunkPlace } from './types.js';

/**
 * Brings a diff into a Kconfig file by the entries that it names: the order of `select`, `depends on` and their like within an entry has no
 * meaning, nor has that of entries (Documentation/kbuild/kconfig-language.rst, "Menu entries"). Null where a change is of another kind.
 */
export function mergeKconfig(diff: FileDiff, file: SourceFile): MergedFile | null {
  const lines = file.text.split('\n');
  const sides: Sides = { gone: new Set(), notYet: new Set(), put: new Map() };
  const hunks: HunkPlace[] = [];
  const refused: { hunk: number; why: string }[] = [];
  let back = 0;
  diff.hunks.forEach((hunk, i) => {
    const changes = changesOf(hunk, lines);
    if (typeof changes === 'string') refused.push({ hunk: i + 1, why: `hunk ${i + 1} of ${file.path}: ${changes}` });
    else {
      const done = changes.every((change) => change.k === 'there');
      if (done && changes.length > 0) back += 1;
      for (const change of changes) enter(sides, change);
      hunks.push({ hunk: i + 1, way: 'tokens', line: Math.min(...changes.map(({ at }) => at), lines.length - 1) + 1, placed: 1 });
    }
  });
  if (hunks.length === 0) return null;
  const before = without(file, lines, sides.notYet);
  const after = changed(file, lines, sides);
  if (back === diff.hunks.length) return { before, after, merge: { kind: 'reversed', path: file.path, placed: 1 }, renames: [] };
  return { before, after, merge: { kind: 'merged', path: file.path, how: 'tokens', placed: 1, hunks, renames: [], refused }, renames: [] };
}

export const isKconfig = (path: string): boolean => /(?:^|\/)Kconfig[^/]*$/.test(path);

/** What one line of a hunk does to the file; `at` is a line of the file, from 0. */
type Change =
  | { readonly k: 'goes'; readonly at: number }
  /** The file has what the hunk adds. */
  | { readonly k: 'there'; readonly at: number }
  /** It comes behind line `at`. */
  | { readonly k: 'comes'; readonly at: number; readonly text: string; readonly origin: LineOrigin };

interface Sides {
  readonly gone: Set<number>;
  readonly notYet: Set<number>;
  readonly put: Map<number, { readonly text: string; readonly origin: LineOrigin }[]>;
}

function enter({ gone, notYet, put }: Sides, change: Change): void {
  if (change.k === 'goes') gone.add(change.at);
  else if (change.k === 'there') notYet.add(change.at);
  else put.set(change.at, [...(put.get(change.at) ?? []), change]);
}

const HEAD = /^(?:menu)?config\s+(\w+)/;
const KEYWORD = /^(?:(?:menu)?config|choice|endchoice|menu|endmenu|if|endif|source|comment|mainmenu)\b/;
const ATTRIBUTE = /^\s+(?:select|imply|depends\s+on|default|def_bool|def_tristate|bool|tristate|int|hex|string|range|prompt)\b/;

const plain = (text: string): string => text.trim().replace(/\s+/g, ' ');

interface Entry {
  readonly name: string;
  readonly from: number;
  /** Behind its last line. */
  readonly to: number;
}

function entryOf(lines: readonly string[], name: string): Entry | null {
  const found = lines.flatMap((text, from) => (HEAD.exec(text)?.[1] === name ? [from] : []));
  const [from] = found;
  if (from === undefined || found.length > 1) return null;
  const next = lines.findIndex((text, i) => i > from && KEYWORD.test(text));
  return { name, from, to: next < 0 ? lines.length : next };
}

/** Why not, where something is changed that has no place by name. */
function changesOf(hunk: Hunk, lines: readonly string[]): readonly Change[] | string {
  const changes: Change[] = [];
  let name = HEAD.exec(hunk.section.trim())?.[1] ?? null;
  /** Of an entry that the hunk adds or takes away as a whole: which. */
  let whole: 'added' | 'removed' | null = null;
  let number = hunk.newStart;
  for (const line of hunk.lines) {
    const origin: LineOrigin = { origin: 'patch', line: number };
    if (line.kind !== 'removed') number += 1;
    const head = HEAD.exec(line.text)?.[1];
    if (head !== undefined) {
      name = head;
      whole = line.kind === 'context' ? null : line.kind;
      const entry = entryOf(lines, head);
      if (whole !== null && entry !== null) {
        const k = whole === 'added' ? 'there' : 'goes';
        for (let at = entry.from; at < entry.to; at++) changes.push({ k, at });
      } else if (whole === 'removed') return `the tree has no entry ${head}`;
      if (whole === 'added' && entry === null) changes.push({ k: 'comes', at: lines.length - 1, text: line.text, origin });
      continue;
    }
    if (line.kind === 'context' || line.text.trim() === '' || /^\s*#/.test(line.text)) continue;
    if (whole === line.kind) {
      if (whole === 'added' && entryOf(lines, name ?? '') === null)
        changes.push({ k: 'comes', at: lines.length - 1, text: line.text, origin });
      continue;
    }
    if (!ATTRIBUTE.test(line.text) || name === null) return 'it changes what is no attribute of an entry that it names';
    const entry = entryOf(lines, name);
    if (entry === null) return `the tree has no entry ${name}, or several`;
    const at = lines.findIndex((text, i) => i > entry.from && i < entry.to && plain(text) === plain(line.text));
    if (line.kind === 'removed') {
      if (at < 0) return `the entry ${name} has no line ${plain(line.text)}`;
      changes.push({ k: 'goes', at });
    } else changes.push(at >= 0 ? { k: 'there', at } : { k: 'comes', at: lastAttribute(lines, entry), text: line.text, origin });
  }
  return changes;
}

/** What stands behind `help` is no attribute. */
function lastAttribute(lines: readonly string[], { from, to }: Entry): number {
  const help = lines.findIndex((text, i) => i > from && i < to && /^\s+(?:---)?help/.test(text));
  let last = from;
  for (let i = from + 1; i < (help < 0 ? to : help); i++) if (ATTRIBUTE.test(lines[i] ?? '')) last = i;
  return last;
}

function without(file: SourceFile, lines: readonly string[], gone: ReadonlySet<number>): SourceFile {
  if (gone.size === 0) return file;
  const kept = lines.flatMap((text, i) => (gone.has(i) ? [] : [{ text, origin: file.lines[i] }]));
  return fileOf(file.path, kept);
}

function changed(file: SourceFile, lines: readonly string[], { gone, notYet, put }: Sides): SourceFile {
  const all = lines.flatMap((text, i) => {
    const own = file.lines[i];
    const here = gone.has(i) ? [] : [{ text, origin: notYet.has(i) && own ? { ...own, origin: 'patch' as const } : own }];
    return [...here, ...(put.get(i) ?? [])];
  });
  return fileOf(file.path, all);
}

function fileOf(path: string, lines: readonly { readonly text: string; readonly origin: LineOrigin | undefined }[]): SourceFile {
  return {
    path,
    text: lines.map(({ text }) => text).join('\n'),
    lines: lines.map(({ origin }, i) => origin ?? { origin: 'tree', line: i + 1 }),
  };
}
