import { type Config, configMacros, kernelConfig } from '../../analyzers/kconfig/config.js';
import type { DerivedStore } from '../../analyzers/source/derived.js';
import { findKept, type Form, keep } from '../../analyzers/source/kept.js';
import { noting } from '../../analyzers/source/noting-tree.js';
import type { SourceFile, SourceTree } from '../../analyzers/source/types.js';
import type { FilesRead } from '../../analyzers/source/variants.js';
import type { Arch } from '../../simulator/program/arch.js';

/** The configuration of a kernel as the preprocessor sees it: `CONFIG_X` → `1`. */
export type ConfigMacros = Readonly<Record<string, string>>;

interface Known {
  readonly arch: Arch;
  /** Some 40 MB, and easily made anew. */
  readonly config: WeakRef<Config> | null;
  readonly macros: ConfigMacros;
  /** What it was worked out from. Files are shared by trees that differ elsewhere. */
  readonly reads: FilesRead;
  /** Set where it hangs on what folders hold as well: it is for this tree only. */
  readonly only: WeakRef<SourceTree> | null;
}

const known: Known[] = [];
const MAX_KNOWN = 32;

const form: Form<ConfigMacros> = {
  kind: 'config-1',
  encode: (macros) => JSON.stringify(Object.entries(macros)),
  decode: (text) => Object.fromEntries(JSON.parse(text) as [string, string][]),
};

/** What `make defconfig` gives for an architecture in a tree. A tree with the same Kconfig files has the same. */
export function configOf(tree: SourceTree, arch: Arch, store: DerivedStore | null): ConfigMacros {
  const same = sameOf(tree, arch);
  if (same) return same.macros;
  const kept = store && findKept(store, form, arch, tree);
  if (kept) return enter({ arch, config: null, macros: kept.value, reads: kept.reads, only: null }).macros;
  const made = make(tree, arch);
  if (store && made.only === null) keep(store, form, arch, { reads: made.reads, value: made.macros });
  return made.macros;
}

/** The same for skeletons, which have Kconfig files for some architectures only. */
export const skeletonConfig = (tree: SourceTree, arch: Arch): ConfigMacros =>
  tree.read(`arch/${arch}/Kconfig`) === null ? NOTHING : configOf(tree, arch, null);

const NOTHING: ConfigMacros = {};

/** The same, with the reasons. */
export function explainedConfigOf(tree: SourceTree, arch: Arch): Config {
  return sameOf(tree, arch)?.config?.deref() ?? kernelConfig(tree, { arch });
}

const sameOf = (tree: SourceTree, arch: Arch): Known | undefined =>
  known.find(
    ({ arch: of, only, reads }) =>
      of === arch && (only === null ? [...reads].every(([path, file]) => tree.read(path) === file) : only.deref() === tree),
  );

function make(tree: SourceTree, arch: Arch): Known {
  const reads = new Map<string, SourceFile | null>();
  let lists = 0;
  const listing: SourceTree = {
    ...noting(tree, reads),
    list: (folder) => {
      lists++;
      return tree.list(folder);
    },
  };
  const config = kernelConfig(listing, { arch });
  return enter({ arch, config: new WeakRef(config), macros: configMacros(config), reads, only: lists === 0 ? null : new WeakRef(tree) });
}

function enter(made: Known): Known {
  known.unshift(made);
  known.length = Math.min(known.length, MAX_KNOWN);
  return made;
}
