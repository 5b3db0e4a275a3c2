import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Origin } from '../../simulator/program/types.js';
import { lazyTree } from './lazy-tree.js';
import { type FileText, MAX_FILE_BYTES, sourceText } from './text.js';
import type { SourceTree, TreeEntry } from './types.js';

/** A lazy tree over a folder on disk. What a path's parts or a symbolic link lead to outside the root is not there. Throws when `root` itself cannot be resolved. */
export function folderTree(root: string, origin: Origin): SourceTree {
  const realRoot = realpathSync(root);
  return lazyTree({ read: (path) => readInside(realRoot, path), list: (folder) => entriesOf(realRoot, folder) }, origin);
}

function isBelow(root: string, real: string): boolean {
  return real.startsWith(root.endsWith(sep) ? root : root + sep);
}

function readInside(root: string, path: string): FileText | null {
  let fd: number | null = null;
  try {
    const real = realpathSync(join(root, path));
    if (!isBelow(root, real)) return { refused: 'it is a link that leads out of the tree' };
    // The size and kind are asked of the open file, so that nobody can exchange it in between.
    fd = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (stat.isDirectory()) return null;
    if (!stat.isFile()) return { refused: 'it is not a plain file' };
    return sourceText(stat.size > MAX_FILE_BYTES ? null : readFileSync(fd));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : { refused: `it cannot be read (${code})` };
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function entriesOf(root: string, folder: string): readonly TreeEntry[] {
  try {
    const real = realpathSync(join(root, folder));
    if (real !== root && !isBelow(root, real)) return [];
    return readdirSync(real, { withFileTypes: true }).flatMap((entry): TreeEntry[] => {
      if (entry.isFile()) return [{ name: entry.name, kind: 'file' }];
      return entry.isDirectory() && entry.name !== '.git' ? [{ name: entry.name, kind: 'folder' }] : [];
    });
  } catch {
    return [];
  }
}
