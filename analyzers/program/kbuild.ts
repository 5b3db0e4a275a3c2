import { joinPath } from '../cpp/includes.js';
import type { SourceTree } from '../source/types.js';

/** What a folder's Makefile says of its objects, under one configuration. */
export interface Kbuild {
  readonly folder: string;
  /** Paths without extension of the sources that are built here; a folder may build those of another (`../pgtable.o`). */
  readonly objects: ReadonlySet<string>;
  /** The same under every configuration. Both also hold the folders that the build goes down to. */
  readonly mentioned: ReadonlySet<string>;
  readonly defines: Readonly<Record<string, string>>;
  readonly include: readonly string[];
  /** What the linker puts in front of every symbol of this folder (`objcopy --prefix-symbols`); '' mostly. */
  readonly prefix: string;
}

/** The Makefiles of a tree, read as far as they tell which files are built and with which `-D` and `-I`. */
export class KbuildReader {
  private readonly known = new Map<string, Kbuild>();
  private readonly inherited = new Map<string, Flags>();

  constructor(
    private readonly tree: SourceTree,
    /** The configuration as macros: `CONFIG_X` → `1`, `CONFIG_X_MODULE` → `1`. */
    private readonly config: Readonly<Record<string, string>>,
  ) {}

  folder(folder: string): Kbuild {
    let kbuild = this.known.get(folder);
    if (kbuild === undefined) {
      kbuild = this.read(folder);
      this.known.set(folder, kbuild);
    }
    return kbuild;
  }

  private read(folder: string): Kbuild {
    const variables = this.variables(folder);
    const flags: Flags = { defines: {}, include: [] };
    addFlags(flags, this.inheritedBy(folder));
    addFlags(flags, parseFlags(variables.get('ccflags-y') ?? []));
    const objects = new Set<string>();
    for (const [name, words] of variables) {
      if (!/-(?:y|m|objs)$/.test(name)) continue;
      for (const word of words) if (OBJECT.test(word)) objects.add(joinPath(`${folder}/`, word.replace(OBJECT, '')));
    }
    const text = this.text(folder) ?? '';
    const mentioned = new Set<string>();
    for (const [word] of text.matchAll(/[\w./-]+(?:\.o|\/)(?=[\s\\)]|$)/g)) mentioned.add(joinPath(`${folder}/`, word.replace(OBJECT, '')));
    return { folder, objects, mentioned, ...flags, prefix: /--prefix-symbols=(\w+)/.exec(text)?.[1] ?? '' };
  }

  /** `subdir-ccflags-y` of this folder and those above it. */
  private inheritedBy(folder: string): Flags {
    const known = this.inherited.get(folder);
    if (known !== undefined) return known;
    const flags: Flags = { defines: {}, include: [] };
    const parent = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
    if (parent !== '') addFlags(flags, this.inheritedBy(parent));
    addFlags(flags, parseFlags(this.variables(folder).get('subdir-ccflags-y') ?? []));
    this.inherited.set(folder, flags);
    return flags;
  }

  private text(folder: string): string | null {
    return (this.tree.read(`${folder}/Kbuild`) ?? this.tree.read(`${folder}/Makefile`))?.text ?? null;
  }

  /** Variables as lists of words. Conditionals that do not hang on the configuration count as true in both branches. */
  private variables(folder: string): Map<string, string[]> {
    const variables = new Map<string, string[]>();
    const text = this.text(folder);
    if (text === null || text.length > MAX_TEXT) return variables;
    const live: boolean[] = [];
    for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
      const words = line.replace(/(^|[^\\])#.*/, '$1').trim();
      const condition = /^(ifdef|ifndef|ifeq|ifneq|else|endif)\b\s*(.*)$/.exec(words);
      if (condition !== null) {
        this.conditional(live, condition[1] ?? '', condition[2] ?? '');
        continue;
      }
      if (live.includes(false)) continue;
      const assignment = /^([\w./$()-]+)\s*(:=|\+=|\?=|=)\s*(.*)$/.exec(words);
      if (assignment === null || line.startsWith('\t\t')) continue;
      const name = this.expand(assignment[1] ?? '', folder, variables).join('');
      const value = this.expand(assignment[3] ?? '', folder, variables);
      if (assignment[2] === '+=') variables.set(name, [...(variables.get(name) ?? []), ...value]);
      else if (assignment[2] !== '?=' || !variables.has(name)) variables.set(name, value);
    }
    return variables;
  }

  private conditional(live: boolean[], word: string, rest: string): void {
    if (word === 'endif') live.pop();
    else if (word === 'else') {
      const before = live.pop();
      const option = /\bCONFIG_\w+/.test(rest);
      live.push(before === false || !option);
      if (option) {
        live.pop();
        live.push(before === false);
      }
    } else live.push(this.holds(word, rest));
  }

  private holds(word: string, rest: string): boolean {
    if (word === 'ifdef' || word === 'ifndef') {
      const option = /^CONFIG_\w+$/.exec(rest)?.[0];
      return option === undefined || (this.option(option) !== '') === (word === 'ifdef');
    }
    const sides = /^\(\s*\$\((CONFIG_\w+)\)\s*,\s*(\w*)\s*\)$/.exec(rest);
    const [, option, wanted] = sides ?? [];
    return option === undefined || (this.option(option) === wanted) === (word === 'ifeq');
  }

  private option(name: string): string {
    if (this.config[name] !== undefined) return this.config[name] === '1' ? 'y' : this.config[name];
    return this.config[`${name}_MODULE`] === undefined ? '' : 'm';
  }

  private expand(text: string, folder: string, variables: ReadonlyMap<string, readonly string[]>): string[] {
    const value = (name: string): string => {
      if (name === 'src' || name === 'obj') return folder;
      if (name === 'srctree' || name === 'objtree') return '.';
      if (name.startsWith('CONFIG_')) return this.option(name);
      const prefix = /^addprefix\s+([^,]*),(.*)$/.exec(name);
      if (prefix !== null)
        return this.expand(prefix[2] ?? '', folder, variables)
          .map((word) => (prefix[1] ?? '').trim() + word)
          .join(' ');
      return (variables.get(name) ?? []).join(' ');
    };
    let out = text;
    for (let depth = 0; depth < 8 && out.includes('$('); depth++) {
      out = out.replace(/\$\(([^$()]*)\)/g, (_, name: string) => value(name.trim()));
      if (out.length > MAX_TEXT) return [];
    }
    return out.split(/\s+/).filter((word) => word !== '');
  }
}

const OBJECT = /(?:\.o|\/)$/;
const MAX_TEXT = 400_000;

interface Flags {
  readonly defines: Record<string, string>;
  readonly include: string[];
}

function addFlags(to: Flags, from: Flags): void {
  Object.assign(to.defines, from.defines);
  for (const folder of from.include) if (!to.include.includes(folder)) to.include.push(folder);
}

function parseFlags(words: readonly string[]): Flags {
  const flags: Flags = { defines: {}, include: [] };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const define = /^-D(\w+)(?:=(.*))?$/.exec(word);
    if (define?.[1] !== undefined) flags.defines[define[1]] = define[2] ?? '1';
    else if (word.startsWith('-I')) {
      const folder = joinPath('', word === '-I' ? (words[++i] ?? '') : word.slice(2));
      if (folder !== '') flags.include.push(folder);
    }
  }
  return flags;
}
