import { lazyTree } from '../../analyzers/source/lazy-tree.js';
import { type FileText, sourceText } from '../../analyzers/source/text.js';
import type { SourceTree, TreeEntry } from '../../analyzers/source/types.js';
import type { GitObjects } from './objects.js';

/** The tree of one commit, read from the repository's objects: nothing is checked out. `commit` is a full object name. */
export function gitTree(objects: GitObjects, commit: string): SourceTree {
  const list = (folder: string): readonly TreeEntry[] => {
    const object = objects.read(`${commit}:${folder}`);
    return object.kind === 'tree' ? entriesOf(object.bytes, object.id.length / 2) : [];
  };
  const isListed = (path: string): boolean => {
    const cut = Math.max(path.lastIndexOf('/'), 0);
    return list(path.slice(0, cut)).some(({ kind, name }) => kind === 'file' && name === path.slice(cut).replace(/^\//, ''));
  };
  const read = (path: string): FileText | null => {
    const object = objects.read(`${commit}:${path}`);
    switch (object.kind) {
      case 'blob':
        return sourceText(object.bytes);
      case 'too-large':
        return sourceText(null);
      case 'astray':
        return { refused: 'it is a link that leads out of the tree' };
      case 'missing':
        return isListed(path) ? { refused: 'the repository does not hold its content (a partial clone)' } : null;
      default:
        return null;
    }
  };
  return lazyTree({ read, list }, 'tree');
}

/** Reads a tree object: `MODE NAME NUL ID` again and again, ID in `width` bytes. */
function entriesOf(bytes: Buffer, width: number): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(32, at);
    const nul = bytes.indexOf(0, blank);
    if (blank < 0 || nul < 0) break;
    const mode = bytes.toString('latin1', at, blank);
    const name = bytes.toString('utf8', blank + 1, nul);
    if (mode.startsWith('100')) entries.push({ name, kind: 'file' });
    else if (mode === '40000') entries.push({ name, kind: 'folder' });
    at = nul + 1 + width;
  }
  return entries;
}
