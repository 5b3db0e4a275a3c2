import type { Origin } from '../../simulator/program/types.js';
import { isTreePath, wholeFile } from './memory-tree.js';
import type { FileText } from './text.js';
import type { SourceFile, SourceTree, TreeEntry } from './types.js';
import { byName } from './walk.js';

/** Where a lazy tree gets its files from. Both are asked once for a path, and only for tree paths (`list` also for '', the root). */
export interface FileSource {
  /** Null when there is no such file. */
  read(path: string): FileText | null;
  /** In any order. */
  list(folder: string): readonly TreeEntry[];
}

/** A tree that reads each file and each folder when it is first asked for. */
export function lazyTree(source: FileSource, origin: Origin): SourceTree {
  const files = new Map<string, SourceFile | { readonly refused: string } | null>();
  const folders = new Map<string, readonly TreeEntry[]>();
  const load = (path: string): SourceFile | { readonly refused: string } | null => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const text = isTreePath(path) ? source.read(path) : null;
    const file = text !== null && 'text' in text ? wholeFile(path, text.text, origin) : text;
    files.set(path, file);
    return file;
  };
  return {
    read(path) {
      const file = load(path);
      return file === null || 'refused' in file ? null : file;
    },
    refusal(path) {
      const file = load(path);
      return file !== null && 'refused' in file ? file.refused : null;
    },
    list(folder) {
      const known = folders.get(folder);
      if (known !== undefined) return known;
      const entries = folder === '' || isTreePath(folder) ? [...source.list(folder)].sort(byName) : [];
      folders.set(folder, entries);
      return entries;
    },
  };
}
