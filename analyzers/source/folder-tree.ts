import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Origin } from '../../simulator/program/types.js';
import { lazyTree } from './lazy-tree.js';
import { type FileText, MAX_FILE_BYTES, sourceText } from './text.js';
import type { SourceTree, TreeEntry } from './types.js';

/** A lazy tree over a folder on disk. What a path's parts or a symbolic link lead to outside the root is not there. Throws when `root` itself cannot be resolved. */
export function folderTree(root: string, origin: Origin): SourceTree {
  const realRoot = realpathSync(root);
  const folders = new Folders(realRoot);
  return lazyTree({ read: (path) => readInside(realRoot, folders, path), list: (folder) => entriesOf(realRoot, folder) }, origin);
}

/** What folders hold. Most paths that a preprocessor asks for are not there: that is told without asking the system again and again. */
class Folders {
  private readonly known = new Map<string, Folder | null>();

  constructor(private readonly root: string) {}

  /** The folder of a path, links resolved; null where the folder has nothing of that name. */
  of(path: string): string | null {
    const cut = path.lastIndexOf('/');
    const name = cut < 0 ? '' : path.slice(0, cut);
    let folder = this.known.get(name);
    if (folder === undefined) {
      folder = this.read(name);
      this.known.set(name, folder);
      // One file is all that is read of most folders: to list them would take longer.
      return folder?.real ?? null;
    }
    if (folder === null) return null;
    folder.names ??= folder.isInside ? namesIn(folder.real) : null;
    return folder.names?.has(path.slice(cut + 1)) === false ? null : folder.real;
  }

  private read(folder: string): Folder | null {
    try {
      const real = realpathSync(join(this.root, folder));
      return { real, isInside: real === this.root || isBelow(this.root, real), names: null };
    } catch (error) {
      return codeOf(error) === 'EACCES' ? { real: join(this.root, folder), isInside: true, names: null } : null;
    }
  }
}

interface Folder {
  readonly real: string;
  readonly isInside: boolean;
  /** All that it holds; null while that is not known. */
  names: ReadonlySet<string> | null;
}

/** Null for one that may not be listed: it may still be read from. */
function namesIn(folder: string): ReadonlySet<string> | null {
  try {
    return new Set(readdirSync(folder));
  } catch {
    return null;
  }
}

function isBelow(root: string, real: string): boolean {
  return real.startsWith(root.endsWith(sep) ? root : root + sep);
}

function readInside(root: string, folders: Folders, path: string): FileText | null {
  const folder = folders.of(path);
  if (folder === null) return null;
  let fd: number | null = null;
  try {
    const plain = join(folder, path.slice(path.lastIndexOf('/') + 1));
    const inside = folder === root || isBelow(root, folder);
    fd = inside ? openUnlessLink(plain) : null;
    if (fd === null) {
      const real = realpathSync(plain);
      if (!isBelow(root, real)) return OUTSIDE;
      fd = openSync(real, FLAGS);
    }
    // The size and kind are asked of the open file, so that nobody can exchange it in between.
    const stat = fstatSync(fd);
    if (stat.isDirectory()) return null;
    if (!stat.isFile()) return { refused: 'it is not a plain file' };
    return sourceText(stat.size > MAX_FILE_BYTES ? null : readFileSync(fd));
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : { refused: `it cannot be read (${code})` };
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** Null for a link. */
function openUnlessLink(path: string): number | null {
  try {
    return openSync(path, FLAGS);
  } catch (error) {
    if (codeOf(error) === 'ELOOP') return null;
    throw error;
  }
}

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const OUTSIDE: FileText = { refused: 'it is a link that leads out of the tree' };
const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

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
