import type { SourceFile, SourceTree } from './types.js';

/** A tree that notes what is read of it: each path with its file, or null where there is none. */
export function noting(tree: SourceTree, reads: Map<string, SourceFile | null>): SourceTree {
  return {
    read: (path) => {
      const file = tree.read(path);
      reads.set(path, file);
      return file;
    },
    refusal: (path) => tree.refusal(path),
    list: (folder) => tree.list(folder),
  };
}
