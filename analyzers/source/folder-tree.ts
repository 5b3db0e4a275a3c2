import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Origin } from '../../simulator/program/types.js';
import { isTreePath, wholeFile } from './memory-tree.js';
import type { SourceFile, SourceTree } from './types.js';

/** Files above this many bytes are not read: no C or assembly file of the kernel that is written by hand comes near. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_PATHS = 200_000;
const LISTED = /\.(?:[chS]|inc|lds|dtsi?|tbl)$|(?:^|\/)(?:Kconfig|Makefile|Kbuild|sysreg|cpucaps|defconfig)[^/]*$/;

/**
 * A lazy tree over a folder on disk. Only files below `folders` (relative to `root`; everything when left out) are seen. A path that would
 * leave the root, by its parts or by a symbolic link, a file above MAX_FILE_BYTES and anything that is not a plain file read as null.
 * Throws when `root` itself cannot be resolved.
 */
export function folderTree(root: string, origin: Origin, folders?: readonly string[]): SourceTree {
  const realRoot = realpathSync(root);
  const wanted = folders?.map((folder) => folder.replace(/\/+$/, '')).filter(isTreePath);
  const cache = new Map<string, SourceFile | null>();
  let listed: readonly string[] | null = null;

  const inside = (path: string): boolean =>
    wanted === undefined || wanted.some((folder) => path === folder || path.startsWith(`${folder}/`));

  const load = (path: string): SourceFile | null => {
    if (!isTreePath(path) || !inside(path)) return null;
    const text = readInside(realRoot, path);
    return text === null ? null : wholeFile(path, text, origin);
  };

  return {
    read(path) {
      const known = cache.get(path);
      if (known !== undefined) return known;
      const file = load(path);
      cache.set(path, file);
      return file;
    },
    paths() {
      listed ??= (wanted ?? ['']).flatMap((folder) => listFiles(realRoot, folder)).sort();
      return listed;
    },
  };
}

function isBelow(root: string, real: string): boolean {
  return real.startsWith(root.endsWith(sep) ? root : root + sep);
}

function readInside(root: string, path: string): string | null {
  let fd: number | null = null;
  try {
    const real = realpathSync(join(root, path));
    if (!isBelow(root, real)) return null;
    // The size and kind are asked of the open file, so that nobody can exchange it in between.
    fd = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size > MAX_FILE_BYTES) return null;
    return readFileSync(fd, 'utf8');
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** Plain source files below `folder`, links not followed while listing. */
function listFiles(root: string, folder: string): string[] {
  const found: string[] = [];
  const open = [folder];
  for (let dir = open.pop(); dir !== undefined && found.length < MAX_PATHS; dir = open.pop()) {
    for (const entry of entriesOf(root, dir)) {
      const path = dir === '' ? entry.name : `${dir}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== '.git') open.push(path);
      } else if (entry.isFile() && LISTED.test(path)) found.push(path);
    }
  }
  return found;
}

function entriesOf(root: string, dir: string) {
  try {
    const real = realpathSync(join(root, dir));
    if (real !== root && !isBelow(root, real)) return [];
    if (!statSync(real).isDirectory()) return [];
    return readdirSync(real, { withFileTypes: true });
  } catch {
    return [];
  }
}
