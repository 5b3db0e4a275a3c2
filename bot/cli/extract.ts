import { readFileSync } from 'node:fs';
import { initC } from '../../analyzers/c/parser.js';
import { configMacros, kernelConfig } from '../../analyzers/kconfig/config.js';
import { keepUnits } from '../../analyzers/program/units.js';
import type { DerivedStore } from '../../analyzers/source/derived.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import { type Arch, ARCHES } from '../../simulator/program/arch.js';
import { type Cost, renderExtraction, serialiseExtraction } from '../extract/render.js';
import { notAsked, readAxes } from '../extract/axes.js';
import { extract } from '../extract/extract.js';
import { loadResources } from '../review/resources.js';
import { type ConfigMacros, configOf } from '../review/tree-configs.js';
import { type CacheOption, cacheFolder, storeIn } from './cache.js';
import { withTree } from './tree.js';
import { complain, fileTrouble } from './words.js';

export interface ExtractOptions extends CacheOption {
  readonly tree: string;
  readonly rev?: string;
  readonly arch: string;
  readonly json?: true;
  readonly config?: string;
  readonly axis?: readonly string[];
}

/** `faultline extract`: prints the Program of functions of a real tree. Returns the exit status. */
export async function extractCommand(functions: readonly string[], options: ExtractOptions): Promise<number> {
  const arch = ARCHES.find((each) => each === options.arch);
  if (arch === undefined) return complain(`--arch ${options.arch}: expected ${ARCHES.join(', ')}`);
  const fixed = readAxes(options.axis ?? []);
  if (typeof fixed === 'string') return complain(fixed);
  const began = performance.now();
  return withTree(options.tree, options.rev, async ({ source: tree }) => {
    const resources = loadResources();
    const store = storeIn(cacheFolder(options));
    const config = macrosOf(tree, options.config, arch, store);
    if (typeof config === 'string') return complain(config);
    await initC();
    const extraction = extract(resources.catalog, { tree, arch, functions, config, fixed, store });
    if (store) keepUnits(resources.catalog.rows, store);
    const strange = notAsked(fixed, extraction.asked);
    if (strange !== null) return complain(strange);
    const cost: Cost = { ms: Math.round(performance.now() - began), megabytes: Math.round(process.memoryUsage().rss / 1e6) };
    process.stdout.write(options.json ? serialiseExtraction(extraction, cost) : renderExtraction(extraction, cost));
    return extraction.entries.every((entry) => entry.k === 'taken') ? 0 : 2;
  });
}

/** The macros of the architecture's defconfig, or of the configuration that the user gives, as `make olddefconfig` completes them. */
function macrosOf(tree: SourceTree, path: string | undefined, arch: Arch, store: DerivedStore | null): ConfigMacros | string {
  if (path === undefined) return configOf(tree, arch, store);
  try {
    return configMacros(kernelConfig(tree, { arch, config: { path, text: readFileSync(path, 'utf8') } }));
  } catch (error) {
    return `--config ${path}: ${fileTrouble(error)}`;
  }
}
