import { type OnDemand, type Sources, sourcesOf } from '../../analyzers/program/on-demand.js';
import { reachable } from '../../analyzers/program/reachable.js';
import { openSetElsewhere } from '../../analyzers/program/set-elsewhere.js';
import { wholeFile } from '../../analyzers/source/memory-tree.js';
import type { DerivedStore } from '../../analyzers/source/derived.js';
import type { SourceFile, SourceTree } from '../../analyzers/source/types.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Scenario, SizeSpec } from '../../simulator/scenarios/spec.js';
import type { Resources } from './resources.js';
import type { CompiledVersion } from './scenario-runs.js';
import { type ConfigMacros, configOf } from './tree-configs.js';
import { startingPoints } from './versions.js';

/** Configurations of a tree, each architecture's worked out when it is first asked for. */
export class TreeConfigs {
  constructor(
    private readonly tree: SourceTree,
    private readonly store: DerivedStore | null = null,
  ) {}

  /** What `make defconfig` gives. */
  of(arch: Arch): ConfigMacros {
    return configOf(this.tree, arch, this.store);
  }
}

/** A scenario on the code of a kernel tree, ready to run. */
export function versionInTree(
  resources: Resources,
  tree: SourceTree,
  config: ConfigMacros,
  scenario: Scenario,
  size: SizeSpec,
): CompiledVersion {
  const { program: compiled, reads } = compileInTree(resources, tree, config, scenario, size);
  const entries = startingPoints(scenario, size);
  const program = openSetElsewhere(compiled, reachable(compiled, entries));
  return { tree, program, reach: reachable(program, entries), read: reads };
}

/**
 * Compiles a scenario of one size with the code of a kernel tree: what it reaches, and no more. The scenario's own file is read as one of the
 * tree's.
 */
export function compileInTree(resources: Resources, tree: SourceTree, config: ConfigMacros, scenario: Scenario, size: SizeSpec): OnDemand {
  const { files } = scenario.spec;
  const entries = [...new Set(startingPoints(scenario, size))].map((name) => ({ name, file: null }));
  const text = textOf(scenario);
  return sourcesIn(resources, tree, config, scenario.spec.arch, size.defines).compile({
    entries,
    files: [text.path, ...files.filter((file) => !file.endsWith('.S'))],
    scenario: text,
    compiled: scenario.spec.compiled,
  });
}

/** A scenario's C as a file: the same each time, as the files of a tree are, and for all scenarios of one file. */
function textOf({ path, text }: Scenario): SourceFile {
  const known = texts.get(path);
  if (known?.text === text) return known;
  const file = wholeFile(path, text, 'scenario');
  texts.set(path, file);
  return file;
}

const texts = new Map<string, SourceFile>();

/** The sources of a tree under one configuration: what one scenario has read of them the next has at hand. */
function sourcesIn(resources: Resources, tree: SourceTree, config: ConfigMacros, arch: Arch, sizes: SizeSpec['defines']): Sources {
  const key = JSON.stringify([arch, Object.entries(sizes).sort()]);
  const known = sources.get(tree) ?? new Map<string, KnownSources>();
  sources.set(tree, known);
  const same = known.get(key);
  if (same?.config === config && same.catalog === resources.catalog) return same.sources;
  const defines: Record<string, string> = { ...config };
  for (const [name, value] of Object.entries(sizes)) defines[name] = String(value);
  const made = sourcesOf(tree, { arch, defines, catalog: resources.catalog.rows, store: resources.store });
  known.set(key, { config, catalog: resources.catalog, sources: made });
  return made;
}

/** Forgets what was read of a tree to compile scenarios. */
export function releaseSources(tree: SourceTree): void {
  sources.delete(tree);
}

interface KnownSources {
  readonly config: ConfigMacros;
  readonly catalog: Resources['catalog'];
  readonly sources: Sources;
}

const sources = new WeakMap<SourceTree, Map<string, KnownSources>>();
