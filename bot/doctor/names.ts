import type { CatalogRow } from '../../simulator/catalog/row.js';
import { type Arch, ARCHES } from '../../simulator/program/arch.js';
import type { SourceTree } from '../../analyzers/source/types.js';

/** Where names of a catalog are looked for. */
const COMMON = ['include', 'kernel', 'lib', 'mm', 'virt'];

/** More than any tree has below those folders; a tree that has more is read no further, and the doctor says so. */
const MAX_FILES = 60_000;

/** The identifiers of part of a kernel tree. */
export interface Words {
  readonly words: ReadonlySet<string>;
  readonly files: number;
  /** True where there were more files than anybody reads. */
  readonly cut: boolean;
}

/** Every identifier below the folders that are common to all architectures, and below each architecture's own. */
function wordsOf(tree: SourceTree, folders: readonly string[]): Words {
  const words = new Set<string>();
  let files = 0;
  const queue = [...folders];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    for (const { name, kind } of tree.list(folder)) {
      const path = `${folder}/${name}`;
      if (kind === 'folder') queue.push(path);
      else if (/\.(?:c|h|S)$/.test(name)) {
        if (++files > MAX_FILES) return { words, files: MAX_FILES, cut: true };
        for (const word of tree.read(path)?.text.match(/[A-Za-z_]\w*/g) ?? []) words.add(word);
      }
    }
  }
  return { words, files, cut: false };
}

export interface RowNames {
  /** Rows of which the tree has the name, by architecture (`any` for those of all). */
  readonly found: number;
  /** Rows whose name stands nowhere in the tree: a primitive that went, came later, or was misspelt. */
  readonly missing: readonly CatalogRow[];
  /** Rows that the tree lacks, and that name the version of the kernel they are of. */
  readonly otherVersions: readonly CatalogRow[];
  /** Rows that no tree can have: instructions, builtins and primitives of scenarios. */
  readonly exempt: number;
  readonly files: number;
  readonly cut: boolean;
}

/** Looks for the name of every row of the catalog. A row for one architecture must stand in its folder or in common code. */
export function rowNames(tree: SourceTree, rows: readonly CatalogRow[]): RowNames {
  const common = wordsOf(tree, COMMON);
  const own = new Map<Arch, Words>(ARCHES.map((arch) => [arch, wordsOf(tree, [`arch/${arch}`])]));
  const sets = (arch: CatalogRow['arch']): readonly ReadonlySet<string>[] =>
    arch === 'any' ? [common.words, ...[...own.values()].map((each) => each.words)] : [common.words, own.get(arch)?.words ?? new Set()];
  const missing: CatalogRow[] = [];
  const otherVersions: CatalogRow[] = [];
  let found = 0;
  let exempt = 0;
  for (const row of rows) {
    if (isExempt(row)) exempt++;
    else if (sets(row.arch).some((words) => holds(words, row.name))) found++;
    else (isVersioned(row) ? otherVersions : missing).push(row);
  }
  const all = [common, ...own.values()];
  return {
    found,
    missing,
    otherVersions,
    exempt,
    files: all.reduce((sum, each) => sum + each.files, 0),
    cut: all.some((each) => each.cut),
  };
}

/** Instructions go by mnemonic, which C spells in strings; builtins are the compiler's, primitives of scenarios are ours. */
const isExempt = (row: CatalogRow): boolean =>
  !/^\w+\*?$/.test(row.name) || row.source.startsWith('docs/catalog.md') || /^__(?:builtin|sync|atomic)_/.test(row.name);

/** A row whose source names the kernel version that it is of. */
const isVersioned = (row: CatalogRow): boolean => /\bLinux \d+\.\d+/.test(row.source);

function holds(words: ReadonlySet<string>, name: string): boolean {
  if (!name.endsWith('*')) return words.has(name);
  const prefix = name.slice(0, -1);
  for (const word of words) if (word.startsWith(prefix)) return true;
  return false;
}
