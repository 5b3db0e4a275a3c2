import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { DerivedStore } from '../../analyzers/source/derived.js';
import { folderTree } from '../../analyzers/source/folder-tree.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import { type Catalog, loadCatalog } from '../../simulator/catalog/load.js';
import { type Arch, ARCHES } from '../../simulator/program/arch.js';
import { packageRoot, packageVersion } from '../package.js';
import { loadScenarios } from '../../simulator/scenarios/load.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';

/** The data that comes with the program: catalog, skeletons, scenarios, kernel configuration. */
export interface Resources {
  readonly version: string;
  readonly catalog: Catalog;
  readonly skeleton: SourceTree;
  /** Scenarios that a review runs: those written for the skeletons, or for a kernel tree (`inTree`). */
  readonly scenarios: readonly Scenario[];
  /** Scenarios written for a kernel tree. */
  readonly treeScenarios: readonly Scenario[];
  /** Macros that a kernel's configuration defines, by architecture. */
  readonly config: Readonly<Record<Arch, Readonly<Record<string, string>>>>;
  /** Where what is derived from kernel trees is kept; null where nothing is. */
  readonly store: DerivedStore | null;
}

const configSchema = z.record(z.enum(ARCHES), z.record(z.string(), z.string()));
/** The same for reviews in a kernel tree: its own code runs, in scenarios written for it. */
export const inTree = (resources: Resources, store: DerivedStore | null = null): Resources => ({
  ...resources,
  scenarios: resources.treeScenarios,
  store,
});

export function loadResources(root = packageRoot()): Resources {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const built = (folder: string): string => join(root, 'dist', 'simulator', folder, 'packed.json');
  const scenarios = loadScenarios(root, built('scenarios'));
  return {
    version: packageVersion(root),
    catalog: loadCatalog(join(root, 'simulator', 'catalog'), built('catalog')),
    skeleton: folderTree(join(root, 'simulator', 'kernel'), 'skeleton'),
    scenarios: scenarios.filter(({ spec }) => spec.on === 'skeletons'),
    treeScenarios: scenarios.filter(({ spec }) => spec.on === 'tree'),
    config: configSchema.parse(parse(read('simulator/kernel/config.yaml'))),
    store: null,
  };
}
