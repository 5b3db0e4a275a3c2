import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Origin } from '../../simulator/program/types.js';
import { isTreePath, wholeFile } from './memory-tree.js';
import { type FileText, MAX_FILE_BYTES, sourceText } from './text.js';
import type { SourceFile, SourceTree, TreeEntry } from './types.js';
import { byName } from './walk.js';

/**
 * A lazy tree over a folder on disk; each file is read once. What a path's parts or a symbolic link lead to outside the root is not there.
 * Throws when `root` itself cannot be resolved.
 */
export function folderTree(root: string, origin: Origin): SourceTree {
  const realRoot = realpathSync(root);
  const files = new Map<string, SourceFile | { readonly refused: string | null }>();
  const folders = new Map<string, readonly TreeEntry[]>();

  const load = (path: string): SourceFile | { readonly refused: string | null } => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const text = isTreePath(path) ? readInside(realRoot, path) : { refused: null };
    const file = 'refused' in text ? text : wholeFile(path, text.text, origin);
    files.set(path, file);
    return file;
  };

  return {
    read(path) {
      const file = load(path);
      return 'refused' in file ? null : file;
    },
    refusal(path) {
      const file = load(path);
      return 'refused' in file ? file.refused : null;
    },
    list(folder) {
      const known = folders.get(folder);
      if (known !== undefined) return known;
      const entries = folder === '' || isTreePath(folder) ? entriesOf(realRoot, folder) : [];
      folders.set(folder, entries);
      return entries;
    },
  };
}

function isBelow(root: string, real: string): boolean {
  return real.startsWith(root.endsWith(sep) ? root : root + sep);
}

function readInside(root: string, path: string): FileText | { readonly refused: null } {
  let fd: number | null = null;
  try {
    const real = realpathSync(join(root, path));
    if (!isBelow(root, real)) return { refused: 'it is a link that leads out of the tree' };
    // The size and kind are asked of the open file, so that nobody can exchange it in between.
    fd = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (stat.isDirectory()) return { refused: null };
    if (!stat.isFile()) return { refused: 'it is not a plain file' };
    if (stat.size > MAX_FILE_BYTES) return sourceText(null);
    return sourceText(readFileSync(fd));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return code === 'ENOENT' || code === 'ENOTDIR' ? { refused: null } : { refused: `it cannot be read (${code})` };
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function entriesOf(root: string, folder: string): readonly TreeEntry[] {
  try {
    const real = realpathSync(join(root, folder));
    if (real !== root && !isBelow(root, real)) return [];
    return readdirSync(real, { withFileTypes: true })
      .flatMap((entry): TreeEntry[] => {
        if (entry.isFile()) return [{ name: entry.name, kind: 'file' }];
        return entry.isDirectory() && entry.name !== '.git' ? [{ name: entry.name, kind: 'folder' }] : [];
      })
      .sort(byName);
  } catch {
    return [];
  }
}
