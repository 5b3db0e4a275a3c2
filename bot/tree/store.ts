import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { DerivedStore } from '../../analyzers/source/derived.js';

/** Entries above this many bytes are not kept. */
const MAX_ENTRY_BYTES = 64 * 1024 * 1024;
/** Entries of so many versions of the program are left in place. */
const MAX_VERSIONS = 3;

/** `$XDG_CACHE_HOME/faultline`, or `~/.cache/faultline` where the variable is not set to an absolute path, as its specification asks. */
export function defaultStoreFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(base) ? base : join(homedir(), '.cache'), 'faultline');
}

/**
 * A store in a folder, which anybody may delete at any time, also while it is in use. Entries belong to one version of the program. They are
 * written beside their place and moved there, and carry a checksum: one that was cut off or changed is as good as absent.
 */
export function folderStore(folder: string, version: string): DerivedStore {
  const home = join(folder, name(version));
  let writable = true;
  let made = false;
  let serial = 0;
  const fileOf = (kind: string, hash: string, key: string): string =>
    join(home, name(kind), hash.slice(0, 2), key === '' ? name(hash) : `${name(hash)}-${digest(key).slice(0, 20)}`);
  return {
    get(kind, hash, key = '') {
      const file = fileOf(kind, hash, key);
      const text = readOrNull(file);
      if (text === null) return null;
      const end = text.indexOf('\n');
      const value = text.slice(end + 1);
      if (end >= 0 && text.slice(0, end) === heading(kind, hash, key, value)) return value;
      removeQuietly(file);
      return null;
    },
    put(kind, hash, value, key = '') {
      if (!writable || value.length > MAX_ENTRY_BYTES) return;
      const file = fileOf(kind, hash, key);
      const beside = `${file}.${String(process.pid)}-${String(serial++)}.new`;
      try {
        if (!made) dropOldVersions(folder, home);
        made = true;
        mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
        writeFileSync(beside, `${heading(kind, hash, key, value)}\n${value}`, { flag: 'wx', mode: 0o600 });
        renameSync(beside, file);
      } catch (error) {
        removeQuietly(beside);
        // A folder that was deleted under our hands is made again; one that can't be written to is left alone from now on.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) writable = false;
      }
    },
  };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const heading = (kind: string, hash: string, key: string, value: string): string =>
  `faultline ${digest(JSON.stringify([kind, hash, key, digest(value)]))}`;

/** A file name of harmless characters; what others stand for is kept apart by a digest. */
function name(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9.+-]/g, '_').replace(/^\.+/, '_');
  return plain === text && text.length <= 100 && text !== '' ? text : `${plain.slice(0, 60)}_${digest(text).slice(0, 16)}`;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function removeQuietly(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It is gone, or can't be removed: either way it will not be believed.
  }
}

/** Removes what earlier versions of the program left, but for the newest ones. */
function dropOldVersions(folder: string, home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const versions = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && VERSION.test(entry.name))
      .map((entry) => join(folder, entry.name))
      .filter((path) => path !== home)
      .map((path) => ({ path, used: statSync(path).mtimeMs }))
      .sort((a, b) => b.used - a.used);
    for (const { path } of versions.slice(MAX_VERSIONS - 1)) rmSync(path, { recursive: true, force: true });
  } catch {
    // Another process may be tidying up as well.
  }
}

/** Only folders that `programVersion` has named are ever removed: somebody may point the cache at a folder with more in it. */
const VERSION = /^\d+\.\d+\.\d+[\w.-]*\+[0-9a-f]{12}$/;
