import type { Origin } from '../../simulator/program/types.js';
import type { LineOrigin, SourceFile, SourceTree } from './types.js';

/** A SourceFile whose every line comes from the same text. */
export function wholeFile(path: string, text: string, origin: Origin): SourceFile {
  const lines: LineOrigin[] = [];
  let line = 1;
  lines.push({ origin, line });
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    line += 1;
    lines.push({ origin, line });
  }
  return { path, text, lines };
}

/** True for a relative path in normal form: no empty, `.` or `..` part, no backslash, no NUL. */
export function isTreePath(path: string): boolean {
  if (path === '' || path.includes('\0') || path.includes('\\')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** A tree held in memory. Entries whose path is not a tree path are left out. */
export function memoryTree(files: ReadonlyMap<string, string>, origin: Origin): SourceTree {
  const made = new Map<string, SourceFile>();
  const paths = [...files.keys()].filter(isTreePath).sort();
  return {
    read(path) {
      const text = files.get(path);
      if (text === undefined || !isTreePath(path)) return null;
      let file = made.get(path);
      if (file === undefined) {
        file = wholeFile(path, text, origin);
        made.set(path, file);
      }
      return file;
    },
    paths: () => paths,
  };
}

/** `tree` with some files replaced or added; `null` takes a file out. The input tree is not changed. */
export function overlay(tree: SourceTree, files: ReadonlyMap<string, SourceFile | null>): SourceTree {
  if (files.size === 0) return tree;
  if (files.size === 0) return tree;
  const own = new Map([...files].filter(([path]) => isTreePath(path)));
  let paths: readonly string[] | null = null;
  return {
    read(path) {
      const file = own.get(path);
      return file === undefined ? tree.read(path) : file;
    },
    paths() {
      if (paths === null) {
        const all = new Set(tree.paths());
        for (const [path, file] of own) {
          if (file === null) all.delete(path);
          else all.add(path);
        }
        paths = [...all].sort();
      }
      return paths;
    },
  };
}
