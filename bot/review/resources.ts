import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { DerivedStore } from '../../analyzers/source/derived.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import { type Catalog, loadCatalog } from '../../simulator/catalog/load.js';
import { type Arch, ARCHES } from '../../simulator/program/arch.js';
import { packageRoot, packageVersion } from '../package.js';
import { type Family, FAMILIES, parseFamilies } from '../../simulator/scenarios/families.js';
import { AGES, CONFIG, loadScenarios, packedYaml } from '../../simulator/scenarios/load.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import { parseVocabulary, VOCABULARY, type Vocabulary } from '../../simulator/scenarios/vocabulary.js';
import { parseAges } from './ages.js';
import { loadSkeletons, type Skeleton } from './skeletons.js';

/** The data that comes with the program: catalog, skeletons, scenarios, kernel configuration. */
export interface Resources {
  readonly version: string;
  readonly catalog: Catalog;
  readonly skeleton: SourceTree;
  /** Of all ages, newest first: the first one is `skeleton`. */
  readonly skeletons: readonly Skeleton[];
  /** Scenarios that a review runs: those written for the skeletons, or for a kernel tree (`inTree`). */
  readonly scenarios: readonly Scenario[];
  /** Scenarios written for the skeletons. */
  readonly skeletonScenarios: readonly Scenario[];
  /** Scenarios written for a kernel tree. */
  readonly treeScenarios: readonly Scenario[];
  /** Kinds of scenarios that there could be. */
  readonly families: readonly Family[];
  /** What makes a change relevant by its name. */
  readonly vocabulary: Vocabulary;
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
  // Many a source has nothing to do with any of them.
  const scenarios = once(() => loadScenarios(root, built('scenarios')));
  const onSkeletons = once(() => scenarios().filter(({ spec }) => spec.on === 'skeletons'));
  const families = once(() => parseFamilies(packedYaml(built('scenarios'))(read(FAMILIES))));
  const onTree = once(() => scenarios().filter(({ spec }) => spec.on === 'tree'));
  const ages = parseAges(packedYaml(built('scenarios'))(read(AGES)));
  const skeletons = loadSkeletons(join(root, 'simulator', 'kernel'), ages);
  const [newest] = skeletons;
  if (newest === undefined) throw new Error('no skeletons');
  return {
    version: packageVersion(root),
    catalog: loadCatalog(join(root, 'simulator', 'catalog'), built('catalog')),
    skeleton: newest.tree,
    skeletons,
    get scenarios() {
      return onSkeletons();
    },
    get skeletonScenarios() {
      return onSkeletons();
    },
    get treeScenarios() {
      return onTree();
    },
    get families() {
      return families();
    },
    vocabulary: parseVocabulary(packedYaml(built('scenarios'))(read(VOCABULARY))),
    config: configSchema.parse(packedYaml(built('scenarios'))(read(CONFIG))),
    store: null,
  };
}

/** A value that is made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
