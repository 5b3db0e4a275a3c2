import type { SourceFile, SourceTree } from '../../source/types.js';

/** A tree of files given as text. Only for tests. */
export function treeOf(files: Readonly<Record<string, string>>): SourceTree {
  const read = new Map<string, SourceFile>();
  for (const [path, text] of Object.entries(files)) {
    read.set(path, { path, text, lines: text.split('\n').map((_, index) => ({ origin: 'skeleton' as const, line: index + 1 })) });
  }
  return { read: (path) => read.get(path) ?? null, paths: () => [...read.keys()].sort() };
}
