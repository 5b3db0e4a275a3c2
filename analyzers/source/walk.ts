import type { SourceTree } from './types.js';

/** Paths of the files below a folder ('' is the root), in the order of the tree. Lazy: who stops asking has listed no more than needed. */
export function* filesBelow(tree: SourceTree, folder: string): Generator<string> {
  for (const { name, kind } of tree.list(folder)) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (kind === 'folder') yield* filesBelow(tree, path);
    else yield path;
  }
}

/** Sorts entries by name, code unit by code unit, as paths are compared everywhere. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
