import type { SourceFile, SourceTree } from '../../analyzers/source/types.js';
import type { Arch } from '../../simulator/program/arch.js';
import { type ConfigMacros, TreeConfigs } from './tree-scenario.js';
import { recording } from './versions.js';

interface Known {
  readonly arch: Arch;
  readonly macros: ConfigMacros;
  /** What it was worked out from. Files are shared by trees that differ elsewhere. */
  readonly from: ReadonlyMap<string, SourceFile | null>;
}

const known: Known[] = [];
const MAX_KNOWN = 32;

/** The configuration of an architecture in a tree. A tree with the same Kconfig files has the same. */
export function configOf(tree: SourceTree, arch: Arch): ConfigMacros {
  const same = known.find((each) => each.arch === arch && [...each.from].every(([path, file]) => tree.read(path) === file));
  if (same) return same.macros;
  const read = new Set<string>();
  const macros = new TreeConfigs(recording(tree, read)).of(arch);
  known.unshift({ arch, macros, from: new Map([...read].map((path) => [path, tree.read(path)])) });
  known.length = Math.min(known.length, MAX_KNOWN);
  return macros;
}
