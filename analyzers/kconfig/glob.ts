import type { SourceTree } from '../source/types.js';

/** Paths of files that a glob matches, sorted. `*` and `?` do not match a slash; `[…]` is a set of characters. */
export function matchPaths(tree: SourceTree, glob: string): readonly string[] {
  const parts = glob.split('/');
  const last = parts.pop() ?? '';
  let folders = [''];
  for (const part of parts) folders = folders.flatMap((folder) => inFolder(tree, folder, part, 'folder')).slice(0, MAX_MATCHES);
  return folders.flatMap((folder) => inFolder(tree, folder, last, 'file')).sort();
}

const MAX_MATCHES = 5_000;

function inFolder(tree: SourceTree, folder: string, part: string, kind: 'file' | 'folder'): string[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  // A plain name need not be looked for.
  if (kind === 'folder' && !/[*?[]/.test(part)) return [`${prefix}${part}`];
  const matches = partMatcher(part);
  return tree.list(folder).flatMap((entry) => (entry.kind === kind && matches(entry.name) ? [`${prefix}${entry.name}`] : []));
}

function partMatcher(part: string): (name: string) => boolean {
  // Runs of stars are one star, so that no pattern costs more than its length times the name's.
  const items = part.replace(/\*+/g, '*').match(/\[[^\]]+\]|./gs) ?? [];
  return (name) => {
    let reached = new Set([0]);
    for (const item of items) {
      const next = new Set<number>();
      for (const at of reached) {
        if (item === '*') for (let end = at; end <= name.length; end++) next.add(end);
        else if (at < name.length && matchesOne(item, name[at] ?? '')) next.add(at + 1);
      }
      reached = next;
    }
    return reached.has(name.length);
  };
}

function matchesOne(item: string, character: string): boolean {
  if (item === '?') return true;
  if (item.length === 1) return item === character;
  const negated = item[1] === '!' || item[1] === '^';
  const set = item.slice(negated ? 2 : 1, -1);
  let found = false;
  for (let i = 0; i < set.length; i++) {
    const [low = '', dash, high] = [set[i], set[i + 1], set[i + 2]];
    const isRange = dash === '-' && high !== undefined;
    if (isRange ? low <= character && character <= high : low === character) found = true;
    if (isRange) i += 2;
  }
  return found !== negated;
}
