import type { FileDiff, Hunk, HunkLine } from '../../diff/types.js';
import { memoryTree } from '../../source/memory-tree.js';
import { mergePatch } from '../merge.js';
import type { Merge } from '../types.js';
import { languageOf, unitsOf } from '../units.js';

/** A hunk: `head` as in `-4 +4 section`, `body` with its first column. */
export function hunk(head: string, body: string): Hunk {
  const [, o = '1', n = '1', section = ''] = /^-(\d+) \+(\d+) ?(.*)$/.exec(head) ?? [];
  const lines = body
    .replace(/^\n/, '')
    .replace(/\n$/, '')
    .split('\n')
    .map(
      (line): HunkLine => ({
        kind: line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'context',
        text: line.slice(1),
        noNewline: false,
      }),
    );
  const count = (kind: HunkLine['kind']) => lines.filter((line) => line.kind === 'context' || line.kind === kind).length;
  return { oldStart: Number(o), oldCount: count('removed'), newStart: Number(n), newCount: count('added'), section, lines, mailLine: 1 };
}

/** Of a file that stays where it is. */
export function diff(path: string, ...hunks: Hunk[]): FileDiff {
  return { oldPath: path, newPath: path, change: 'modified', hunks, oldBlob: null, newBlob: null };
}

/** Patches on a tree of these files. */
export function merge(files: Record<string, string>, ...diffs: FileDiff[]): Merge {
  return mergePatch(memoryTree(new Map(Object.entries(files)), 'skeleton'), diffs);
}

export const text = (tree: Merge['after'], path: string): string => tree.read(path)?.text ?? '';
/** The source with one blank between what belongs together. */
export const tokens = (source: string, path = 'x.c'): string =>
  unitsOf(source, languageOf(path), true)
    .map((unit) => unit.text)
    .join(' ');
