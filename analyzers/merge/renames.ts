import type { SourceFile, SourceTree } from '../source/types.js';
import { filesBelow } from '../source/walk.js';
import { isName } from './top.js';
import { languageOf, type Unit, unitsOf } from './units.js';
import { targetOf } from './target.js';

/** A name of the mail and the name that the tree has for the same thing. */
export interface Rename {
  readonly mail: string;
  readonly tree: string;
  /** The function (as offsets into its file) that a local name is local to; null for names of the whole tree. */
  readonly within: { readonly path: string; readonly start: number; readonly end: number } | null;
}

/** What is known about names in the tree: which are used and which are defined, in the files that a rename would reach. */
export interface NameView {
  readonly used: (name: string) => boolean;
  readonly defined: (name: string) => boolean;
}

/** Trees up to this many files are looked through whole; of larger ones only the files that the patch touches. */
const SMALL_TREE = 400;

/** The files in which a renamed name is looked for and replaced. */
export function reachOf(tree: SourceTree, touched: readonly string[]): readonly string[] {
  const all: string[] = [];
  for (const path of filesBelow(tree, '')) {
    all.push(path);
    if (all.length > SMALL_TREE) return [...new Set(touched)].sort();
  }
  return all;
}

/** Lazy: the files are read when the first unknown name is met. */
export function nameView(tree: SourceTree, paths: () => readonly string[]): NameView {
  let known: { used: Set<string>; defined: Set<string> } | null = null;
  const get = () => {
    if (known === null) {
      known = { used: new Set(), defined: new Set() };
      for (const path of paths()) {
        const file = tree.read(path);
        const target = file === null ? null : targetOf(file);
        for (const name of target?.names ?? []) known.used.add(name);
        for (const name of target?.defined ?? []) known.defined.add(name);
      }
    }
    return known;
  };
  return { used: (name) => get().used.has(name), defined: (name) => get().defined.has(name) };
}

/** Pairs of names in which two units of one shape differ; null when a pair is no pair of names. */
export function differingNames(mail: Unit, tree: Unit): readonly (readonly [string, string])[] | null {
  if (mail.shape !== tree.shape || mail.names.length !== tree.names.length) return null;
  const pairs: [string, string][] = [];
  for (let i = 0; i < mail.names.length; i += 1) {
    const a = mail.names[i] ?? '';
    const b = tree.names[i] ?? '';
    if (a === b) continue;
    if (!isName(a) || !isName(b) || KEYWORDS.has(a) || KEYWORDS.has(b)) return null;
    pairs.push([a, b]);
  }
  return pairs;
}

export function isKeyword(name: string): boolean {
  return KEYWORDS.has(name);
}

const KEYWORDS = new Set(
  (
    'if else for while do switch case default break continue return goto sizeof typeof static inline const volatile extern struct union enum ' +
    'typedef void int long short char unsigned signed bool u8 u16 u32 u64 s8 s16 s32 s64 true false NULL define ifdef ifndef endif include undef'
  ).split(' '),
);

/** Keeps pairs that are one-to-one, the ones with most votes first. */
export function oneToOne(votes: ReadonlyMap<string, number>, bound: ReadonlyMap<string, string>): Map<string, string> {
  const chosen = new Map(bound);
  const taken = new Set(bound.values());
  const sorted = [...votes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  for (const [key] of sorted) {
    const [mail = '', tree = ''] = key.split(' ');
    if (chosen.has(mail) || taken.has(tree)) continue;
    chosen.set(mail, tree);
    taken.add(tree);
  }
  return chosen;
}

/** The file with names replaced in code (not in comments); lines and their origins stay. */
export function renameIn(file: SourceFile, names: ReadonlyMap<string, string>): SourceFile {
  let found = false;
  for (const name of names.keys()) if (file.text.includes(name)) found = true;
  if (!found) return file;
  let text = '';
  let at = 0;
  for (const token of unitsOf(file.text, languageOf(file.path), true)) {
    const other = names.get(token.text);
    if (other === undefined) continue;
    text += file.text.slice(at, token.start) + other;
    at = token.end;
  }
  return at === 0 ? file : { ...file, text: text + file.text.slice(at) };
}
