import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { folderTree } from '../../analyzers/source/folder-tree.js';
import type { TestKernel } from '../tree/testing/trees.js';
import { testTree } from '../tree/testing/trees.js';
import { loadResources } from './resources.js';
import { measured, runVersions } from './scenario-runs.js';
import { TreeConfigs, versionInTree } from './tree-scenario.js';

const resources = loadResources();
beforeAll(initC);

const KERNELS: readonly TestKernel[] = ['6.12', '6.1'];

describe.each(KERNELS)('scenarios on the tree of %s', (kernel) => {
  const folder = testTree(kernel);
  const tree = folder === null ? null : folderTree(folder, 'tree');
  const configs = tree && new TreeConfigs(tree);

  it.skipIf(tree === null).each(resources.treeScenarios.map((scenario) => [scenario.spec.scenario, scenario] as const))(
    '%s is silent but for what is known of that kernel, and runs to its end on the code of the tree',
    (_, scenario) => {
      if (!tree || !configs) return;
      const version = versionInTree(resources, tree, configs.of(scenario.spec.arch), scenario, scenario.spec.explore);
      if (scenario.spec.lacking.some((each) => each.kernel === kernel)) {
        expect(scenario.spec.entries.filter((entry) => version.reach.procedures.has(entry))).toEqual([]);
        return;
      }
      const { leaves } = runVersions(resources, { scenario, versions: [version], touched: new Set() });
      expect(leaves.length).toBeGreaterThan(0);
      const known = scenario.spec.known.filter((each) => each.kernel === kernel).map(({ violation, window }) => [violation, window]);
      const found = new Map(
        leaves.flatMap(({ result }) =>
          result.flatMap(({ shown }) => [...shown].map(([kind, { window }]) => [`${kind} ${window}`, [kind, window]] as const)),
        ),
      );
      expect([...found.values()]).toEqual(known);
      for (const { setting, result } of leaves) {
        const name = [...setting].map((pair) => pair.join('=')).join(' ');
        // What nobody gives a value is taken both ways: a scenario has to set it, or the catalog to say what it is.
        expect(
          [...setting.keys()].filter((axis) => axis.startsWith('?')),
          name,
        ).toEqual([]);
        for (const outcome of result) {
          expect(outcome.stuck, name).toEqual([]);
          expect(outcome.full.stopped, name).toBeNull();
        }
      }
      const size = scenario.spec.measure;
      if (size) {
        const counted = versionInTree(resources, tree, configs.of(scenario.spec.arch), scenario, size);
        const stuck = measured(resources, scenario, counted, counted).flatMap(({ result }) => result.filter((run) => run.k === 'stuck'));
        expect(stuck).toEqual([]);
      }
      const origins = [...version.reach.procedures].map((procedure) => version.program.procedures.get(procedure)?.at.origin);
      expect(new Set(origins.filter((origin) => origin !== undefined))).toEqual(new Set(['tree', 'scenario']));
    },
    120_000,
  );
});
