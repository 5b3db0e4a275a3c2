import { configMacros, kernelConfig } from '../../analyzers/kconfig/config.js';
import { compileOnDemand, type OnDemand } from '../../analyzers/program/on-demand.js';
import { reachable } from '../../analyzers/program/reachable.js';
import { openSetElsewhere } from '../../analyzers/program/set-elsewhere.js';
import { overlay, wholeFile } from '../../analyzers/source/memory-tree.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Scenario, SizeSpec } from '../../simulator/scenarios/spec.js';
import type { Resources } from './resources.js';
import type { Version } from './scenario-runs.js';
import { recording, startingPoints } from './versions.js';

/** The configuration of a kernel as the preprocessor sees it: `CONFIG_X` → `1`. */
export type ConfigMacros = Readonly<Record<string, string>>;

/** Configurations of a tree, each architecture's worked out when it is first asked for. */
export class TreeConfigs {
  private readonly known = new Map<Arch, ConfigMacros>();

  constructor(private readonly tree: SourceTree) {}

  /** What `make defconfig` gives. */
  of(arch: Arch): ConfigMacros {
    const known = this.known.get(arch);
    if (known) return known;
    const macros = configMacros(kernelConfig(this.tree, { arch }));
    this.known.set(arch, macros);
    return macros;
  }
}

/** A scenario on the code of a kernel tree, ready to run. */
export function versionInTree(resources: Resources, tree: SourceTree, config: ConfigMacros, scenario: Scenario, size: SizeSpec): Version {
  const read = new Set<string>();
  const { program: compiled } = compileInTree(resources, recording(tree, read), config, scenario, size);
  const entries = startingPoints(scenario, size);
  const program = openSetElsewhere(compiled, reachable(compiled, entries));
  return { tree, program, reach: reachable(program, entries), read };
}

/**
 * Compiles a scenario of one size with the code of a kernel tree: what it reaches, and no more. The scenario's own file is read as one of the
 * tree's.
 */
export function compileInTree(resources: Resources, tree: SourceTree, config: ConfigMacros, scenario: Scenario, size: SizeSpec): OnDemand {
  const { arch, files } = scenario.spec;
  const source = overlay(tree, new Map([[scenario.path, wholeFile(scenario.path, scenario.text, 'scenario')]]));
  const defines: Record<string, string> = { ...config };
  for (const [name, value] of Object.entries(size.defines)) defines[name] = String(value);
  const entries = [...new Set(startingPoints(scenario, size))].map((name) => ({ name, file: null }));
  return compileOnDemand(source, {
    arch,
    entries,
    files: [scenario.path, ...files.filter((file) => !file.endsWith('.S'))],
    scenario: scenario.path,
    defines,
    catalog: resources.catalog.rows,
  });
}
