import type { Arch } from '../../simulator/program/arch.js';
import type { SourceTree } from '../source/types.js';

/** Architectures whose assembly is compiled; that of the others is listed as not modelled where it is called. */
export const ASSEMBLY_ARCHES: ReadonlySet<Arch> = new Set<Arch>(['riscv', 'arm64']);

const FOLDERS = ['kernel', 'mm', 'lib', 'kvm', 'entry'];
const MAX_FILES = 2_000;
/** Programs of their own, and code that runs before the kernel does. */
const unlinked = /(?:^|\/)(?:boot|tools|purgatory|vdso\d*|compat_vdso|pi|tests?)\//;
/** A symbol's start, however it is annotated, or a global label. */
const STARTS =
  /^[ \t]*(?:(?:SYM_(?:TYPED_)?(?:FUNC|CODE)_(?:START|ALIAS)\w*|SYM_(?:INNER_LABEL\w*|START|ENTRY|DATA_START\w*|DATA)|ENTRY|WEAK|GLOBAL)[ \t]*\([ \t]*([\w.$]+)|([A-Za-z_][\w.$]*):)/gm;

/** Symbols that a text seems to define, in order. */
export const symbolsIn = (text: string): string[] => [...text.matchAll(STARTS)].map((match) => match[1] ?? match[2] ?? '');

/** Which assembly file defines a symbol: in text order, nothing preprocessed. */
export class AssemblySymbols {
  private files: ReadonlyMap<string, string> | null = null;

  constructor(
    private readonly tree: SourceTree,
    private readonly arch: Arch,
  ) {}

  /** The path of the first file that seems to define `name`; null when none does. */
  find(name: string): string | null {
    this.files ??= this.read();
    return this.files.get(name) ?? null;
  }

  private read(): Map<string, string> {
    const found = new Map<string, string>();
    for (const path of this.paths()) {
      for (const name of symbolsIn(this.tree.read(path)?.text ?? '')) if (!found.has(name)) found.set(name, path);
    }
    return found;
  }

  private paths(): string[] {
    const found: string[] = [];
    const folders = FOLDERS.map((folder) => `arch/${this.arch}/${folder}`);
    for (let folder = folders.pop(); folder !== undefined && found.length < MAX_FILES; folder = folders.pop()) {
      for (const { name, kind } of this.tree.list(folder)) {
        const path = `${folder}/${name}`;
        if (unlinked.test(`${path}/`)) continue;
        if (kind === 'folder') folders.push(path);
        else if (name.endsWith('.S') && !name.endsWith('.lds.S')) found.push(path);
      }
    }
    return found.sort();
  }
}
