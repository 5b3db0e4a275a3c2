import type { Arch } from '../../simulator/program/arch.js';
import type { DerivedStore } from '../source/derived.js';
import { digestOf, fileDigest } from '../source/digest.js';
import type { SourceFile, SourceTree } from '../source/types.js';
import { decodeDefinitions, encodeDefinitions } from './definitions-text.js';

/** A definition with external linkage, as a line of its file shows it. */
export interface Definition {
  readonly path: string;
  readonly line: number;
  readonly kind: 'function' | 'variable';
  readonly weak: boolean;
  readonly isStatic: boolean;
  /** A variable with an initialiser: what it starts as takes more than its type. */
  readonly initialised: boolean;
}

/**
 * Names defined at column 0 in the folders of a kernel whose code flush and fault logic is made of: the architecture's, mm, kernel, lib,
 * virt/kvm. Files are read once, when a name is first asked for that the asking file does not define.
 */
export class DefinitionIndex {
  private readonly byName = new Map<string, Definition[]>();
  private isRead = false;

  constructor(
    private readonly tree: SourceTree,
    private readonly arch: Arch,
    private readonly store: DerivedStore | null = null,
  ) {}

  /** Definitions of `name`: the architecture's first, then in order of path. */
  find(name: string): readonly Definition[] {
    if (!this.isRead) this.read();
    return this.byName.get(name) ?? [];
  }

  private read(): void {
    this.isRead = true;
    const top = (path: string): string => (path.startsWith('arch/') ? `arch/${this.arch}` : path.slice(0, path.indexOf('/')));
    const files = new Map<string, SourceFile[]>();
    for (const path of cFilesOf(this.tree, this.arch)) {
      const file = this.tree.read(path);
      if (file === null) continue;
      const known = files.get(top(path));
      if (known === undefined) files.set(top(path), [file]);
      else known.push(file);
    }
    for (const [folder, inFolder] of files) {
      if (this.store) recall(this.store, folder, inFolder);
      for (const file of inFolder) for (const [name, definition] of definitionsOf(file)) this.add(name, definition);
      if (this.store) remember(this.store, folder, inFolder);
    }
  }

  private add(name: string, definition: Definition): void {
    const known = this.byName.get(name);
    if (known === undefined) this.byName.set(name, [definition]);
    else known.push(definition);
  }
}

/** The C files below the folders that kernel code of an architecture is linked from, in order of path. */
function cFilesOf(tree: SourceTree, arch: Arch): string[] {
  const found: string[] = [];
  const folders = [`arch/${arch}`, 'kernel', 'lib', 'mm', 'virt'];
  for (let folder = folders.pop(); folder !== undefined && found.length < MAX_FILES; folder = folders.pop()) {
    for (const { name, kind } of tree.list(folder)) {
      const path = `${folder}/${name}`;
      if (unlinked.test(`${path}${kind === 'folder' ? '/' : ''}`)) continue;
      if (kind === 'folder') folders.push(path);
      else if (name.endsWith('.c')) found.push(path);
    }
  }
  return found.sort();
}

const MAX_FILES = 20_000;

/** Programs of their own: boot loaders, vdso, tests. */
const unlinked =
  /(?:^|\/)(?:boot|tools|purgatory|vdso\d*|vdso|tests?|selftests|kunit)\/|_kunit\.c$|^lib\/(?:test_|raid6\/|crypto\/|zstd\/|zlib_)/;

const cache = new WeakMap<SourceFile, Definitions>();

type Definitions = readonly (readonly [string, Definition])[];

/** What a file defines at column 0. Kept with the file: trees share those that no patch touches. */
export function definitionsOf(file: SourceFile): Definitions {
  const known = cache.get(file);
  if (known !== undefined) return known;
  const found: (readonly [string, Definition])[] = [];
  const { text, path } = file;
  const count = new LineCount(text);
  for (let start = 0; start >= 0 && start < text.length; start = nextLine(text, start)) {
    if (!isWordStart(text.charCodeAt(start))) continue;
    const head = at(SIZED_ARRAY, text, start) ?? at(CANDIDATE, text, start);
    if (head === undefined) continue;
    const index = start;
    const end = index + head.length;
    if (head.startsWith('typedef') || head.startsWith('extern')) continue;
    const isStatic = /\bstatic\b/.test(head);
    const entry = (name: string, kind: Definition['kind'], initialised: boolean, weak: boolean): void => {
      found.push([name, { path, line: count.at(index), kind, weak, isStatic, initialised }]);
    };
    if (!head.endsWith('(')) {
      const name = /(\w+)\s*(?:\[[^\n;={]*)?(?:\b__\w+(?:\([^()]*\))?\s*)*[=;]$/.exec(head)?.[1];
      if (name !== undefined && !/^(?:struct|union|enum)\s+\w+\s*;$/.test(head))
        entry(name, 'variable', head.endsWith('=') && !ZERO.test(text.slice(end, end + 40)), false);
      continue;
    }
    const name = /(\w+)\s*\($/.exec(head)?.[1] ?? '';
    const close = closing(text, end - 1);
    if (close < 0) continue;
    if (definers.test(name)) {
      const words = text.slice(end, close).match(/\w+/g) ?? [];
      // A lock, key or list that such a macro sets up starts as the machine starts it.
      const initialised = /^\s*=/.test(text.slice(close + 1, close + 80));
      for (const word of words) entry(word, 'variable', initialised, false);
      continue;
    }
    const after = /^(?:\s|\/\*[\s\S]{0,400}?\*\/|__\w+(?:\([^()]*\))?|noinline\w*)*([{;=,]|\S)/.exec(text.slice(close + 1, close + 600));
    if (after?.[1] === '{') entry(name, 'function', false, /\b__weak\b/.test(head) || after[0].includes('__weak'));
  }
  cache.set(file, found);
  return found;
}

/** Takes from the store what files of a folder are known to define. */
function recall(store: DerivedStore, folder: string, files: readonly SourceFile[]): void {
  const kept = decodeDefinitions(store.get(KIND, digestOf(folder)));
  for (const file of files) {
    const known = kept.get(file.path);
    if (known?.digest === fileDigest(file)) {
      if (!cache.has(file)) cache.set(file, known.definitions());
    } else if (file.whole !== undefined) forgotten.add(file);
  }
}

/** Puts it there, where files of the tree itself were read anew. */
function remember(store: DerivedStore, folder: string, files: readonly SourceFile[]): void {
  if (!files.some((file) => forgotten.delete(file))) return;
  const entries = files.map((file) => ({ path: file.path, digest: fileDigest(file), definitions: definitionsOf(file) }));
  store.put(KIND, digestOf(folder), encodeDefinitions(entries));
}

/** Files that the store does not have as they are. */
const forgotten = new WeakSet<SourceFile>();
const KIND = 'definitions-1';

/** From column 0 to the parenthesis, semicolon or assignment that says what the line declares. */
const CANDIDATE = /[^\n;{}()=#]*(?:\n[A-Za-z_*][^\n;{}()=#]*)?[(=;]/y;
/** An array whose size is an expression with parentheses: `u64 bits[NR_CPUS / sizeof(u64) + 1];`. */
const SIZED_ARRAY = /[^\n;{}()=#[]*\[[^\n;{}=[\]]*\([^\n;{}=[\]]*\]\s*[=;]/y;
/** An initialiser that says what .bss says. */
const ZERO = /^\s*(?:0[UL]*|NULL|false|\{\s*0?\s*,?\s*\})\s*;/;
const definers = /^DEFINE_\w+$/;

/** What a sticky pattern matches at an offset. */
function at(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function nextLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline < 0 ? text.length : newline + 1;
}

const isWordStart = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;

/** Index of the parenthesis that closes the one at `open`; -1 where none does nearby. */
function closing(text: string, open: number): number {
  let nesting = 0;
  const limit = Math.min(text.length, open + 4000);
  for (let i = open; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (code === 40) nesting++;
    else if (code === 41 && --nesting === 0) return i;
    else if (code === 123 || code === 125) return -1;
  }
  return -1;
}

class LineCount {
  private line = 1;
  private from = 0;

  constructor(private readonly text: string) {}

  /** Line of an offset; offsets must ascend. */
  at(offset: number): number {
    for (let next = this.text.indexOf('\n', this.from); next >= 0 && next < offset; next = this.text.indexOf('\n', this.from)) {
      this.line++;
      this.from = next + 1;
    }
    return this.line;
  }
}
