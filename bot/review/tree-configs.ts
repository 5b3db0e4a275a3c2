import { type Config, configMacros, kernelConfig } from '../../analyzers/kconfig/config.js';
import type { SourceFile, SourceTree } from '../../analyzers/source/types.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { ConfigMacros } from './tree-scenario.js';
import { recording } from './versions.js';

interface Known {
  readonly arch: Arch;
  /** Some 40 MB, and easily made anew. */
  readonly config: WeakRef<Config>;
  readonly macros: ConfigMacros;
  /** What it was worked out from. Files are shared by trees that differ elsewhere. */
  readonly from: ReadonlyMap<string, SourceFile | null>;
}

const known: Known[] = [];
const MAX_KNOWN = 32;

/** The configuration of an architecture in a tree. A tree with the same Kconfig files has the same. */
export function configOf(tree: SourceTree, arch: Arch): ConfigMacros {
  return knownOf(tree, arch).macros;
}

/** The same, with the reasons. */
export function explainedConfigOf(tree: SourceTree, arch: Arch): Config {
  return knownOf(tree, arch).config.deref() ?? kernelConfig(tree, { arch });
}

function knownOf(tree: SourceTree, arch: Arch): Known {
  const same = known.find((each) => each.arch === arch && [...each.from].every(([path, file]) => tree.read(path) === file));
  if (same) return same;
  const read = new Set<string>();
  const config = kernelConfig(recording(tree, read), { arch });
  const made: Known = {
    arch,
    config: new WeakRef(config),
    macros: configMacros(config),
    from: new Map([...read].map((path) => [path, tree.read(path)])),
  };
  known.unshift(made);
  known.length = Math.min(known.length, MAX_KNOWN);
  return made;
}
