import type { Origin } from '../../simulator/program/types.js';
import type { LineOrigin, SourceFile, SourceTree, TreeEntry } from './types.js';
import { byName } from './walk.js';

/** A SourceFile whose every line comes from the same text. Its lines are counted when somebody asks for them. */
export function wholeFile(path: string, text: string, origin: Origin): SourceFile {
  let lines: readonly LineOrigin[] | null = null;
  return {
    path,
    text,
    whole: origin,
    get lines() {
      lines ??= linesOf(text, origin);
      return lines;
    },
  };
}

function linesOf(text: string, origin: Origin): LineOrigin[] {
  const lines: LineOrigin[] = [{ origin, line: 1 }];
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    line += 1;
    lines.push({ origin, line });
  }
  return lines;
}

/** True for a relative path in normal form: no empty, `.` or `..` part, no backslash, no NUL. */
export function isTreePath(path: string): boolean {
  if (path === '' || path.includes('\0') || path.includes('\\')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** The entries that paths put into folders: folder ('' is the root) → name → kind. */
function foldersOf(paths: Iterable<string>): Map<string, Map<string, TreeEntry['kind']>> {
  const folders = new Map<string, Map<string, TreeEntry['kind']>>();
  for (const path of paths) {
    let kind: TreeEntry['kind'] = 'file';
    for (let at = path; at !== ''; kind = 'folder') {
      const cut = at.lastIndexOf('/');
      const folder = cut < 0 ? '' : at.slice(0, cut);
      const names = folders.get(folder) ?? new Map<string, TreeEntry['kind']>();
      folders.set(folder, names);
      const name = at.slice(cut + 1);
      if (names.has(name)) break;
      names.set(name, kind);
      at = folder;
    }
  }
  return folders;
}

const entriesOf = (names: ReadonlyMap<string, TreeEntry['kind']>): readonly TreeEntry[] =>
  [...names].map(([name, kind]) => ({ name, kind })).sort(byName);

/** A tree held in memory. Entries whose path is not a tree path are left out. */
export function memoryTree(files: ReadonlyMap<string, string>, origin: Origin): SourceTree {
  const made = new Map<string, SourceFile>();
  const folders = foldersOf([...files.keys()].filter(isTreePath));
  return {
    read(path) {
      const text = files.get(path);
      if (text === undefined || !isTreePath(path)) return null;
      let file = made.get(path);
      if (file === undefined) {
        file = wholeFile(path, text, origin);
        made.set(path, file);
      }
      return file;
    },
    refusal: () => null,
    list: (folder) => entriesOf(folders.get(folder) ?? new Map()),
  };
}

/** `tree` with some files replaced or added; `null` takes a file out. The input tree is not changed. */
export function overlay(tree: SourceTree, files: ReadonlyMap<string, SourceFile | null>): SourceTree {
  if (files.size === 0) return tree;
  const own = new Map([...files].filter(([path]) => isTreePath(path)));
  const there = foldersOf([...own].flatMap(([path, file]) => (file === null ? [] : [path])));
  const gone = foldersOf([...own].flatMap(([path, file]) => (file === null ? [path] : [])));
  return {
    read(path) {
      const file = own.get(path);
      return file === undefined ? tree.read(path) : file;
    },
    refusal: (path) => (own.has(path) ? null : tree.refusal(path)),
    list(folder) {
      const added = there.get(folder);
      const taken = gone.get(folder);
      const below = tree.list(folder);
      if (!added && !taken) return below;
      const names = new Map(below.filter(({ name }) => taken?.get(name) !== 'file').map(({ name, kind }) => [name, kind]));
      for (const [name, kind] of added ?? []) names.set(name, kind);
      return entriesOf(names);
    },
  };
}
