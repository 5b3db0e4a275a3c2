import { basename, dirname, join } from 'node:path';

/** The file system, as far as finding tests needs it. */
export interface Folders {
  readonly kind: (path: string) => 'file' | 'folder' | 'other' | 'missing';
  readonly list: (path: string) => readonly string[];
}

/** A folder with litmus tests. */
export interface Suite {
  readonly name: string;
  readonly folder: string;
  /** Paths of the tests, sorted by name. */
  readonly tests: readonly string[];
  /** Names of the tables of kinds in the folder. */
  readonly kindsFiles: readonly string[];
}

/** Folders below folders are looked at this deep; what lies deeper is said, not read. */
const MAX_DEPTH = 8;

const isTest = (name: string): boolean => /\.litmus(?:\.toml)?$/.test(name);
const isKindsFile = (name: string): boolean => /^kinds\.txt$|^kinds-.+\.txt$|-kinds\.txt$/.test(name);

/** File name without what says that it is a test. */
export const testName = (path: string): string => basename(path).replace(/\.litmus(?:\.toml)?$/, '');

/**
 * The suites that paths name: a file stands for itself, with the tables of its folder; a folder for all tests in it and below. Links are
 * not followed. `faults` says in a sentence each what could not be found.
 */
export function findSuites(
  paths: readonly string[],
  io: Folders,
): { readonly suites: readonly Suite[]; readonly faults: readonly string[] } {
  const found = new Map<string, Set<string>>();
  const faults: string[] = [];
  const add = (folder: string, file: string): void => {
    const tests = found.get(folder) ?? new Set();
    found.set(folder, tests.add(file));
  };
  const search = (folder: string, depth: number): boolean => {
    if (depth > MAX_DEPTH) {
      faults.push(`${folder}: more than ${MAX_DEPTH} folders deep, not looked into`);
      return false;
    }
    let any = false;
    for (const name of io.list(folder)) {
      const path = join(folder, name);
      const kind = io.kind(path);
      if (kind === 'folder' && !name.startsWith('.')) any = search(path, depth + 1) || any;
      else if (isTest(name) && kind === 'file') {
        add(folder, path);
        any = true;
      } else if (isTest(name) && kind === 'other') faults.push(`${path}: a link or device, not followed`);
    }
    return any;
  };
  for (const path of paths) {
    const kind = io.kind(path);
    if (kind === 'missing') faults.push(`${path}: there is no such file or folder`);
    else if (kind === 'folder') {
      if (!search(path, 0)) faults.push(`${path}: the folder holds no litmus tests (files whose names end in .litmus or .litmus.toml)`);
    } else add(dirname(path), path);
  }
  return { suites: named(found, io), faults };
}

function named(found: ReadonlyMap<string, ReadonlySet<string>>, io: Folders): Suite[] {
  const folders = [...found.keys()].sort();
  const short = (folder: string): string => basename(folder === '.' ? process.cwd() : folder);
  const shared = new Set(folders.map(short).filter((name, i, all) => all.indexOf(name) !== i));
  return folders.map((folder) => ({
    name: shared.has(short(folder)) ? folder : short(folder),
    folder,
    tests: [...(found.get(folder) ?? [])].sort((a, b) => (basename(a) < basename(b) ? -1 : 1)),
    kindsFiles: io
      .list(folder)
      .filter(isKindsFile)
      .sort((a, b) => Number(b === 'kinds.txt') - Number(a === 'kinds.txt') || (a < b ? -1 : 1)),
  }));
}
