import { initC } from '../../analyzers/c/parser.js';
import type { CatalogRow } from '../../simulator/catalog/row.js';
import { rowNames } from '../doctor/names.js';
import { doctorText } from '../doctor/print.js';
import { checkScenario } from '../doctor/scenarios.js';
import { loadResources } from '../review/resources.js';
import { TreeConfigs } from '../review/tree-scenario.js';
import { withTree } from './tree.js';

export interface DoctorOptions {
  readonly tree: string;
  readonly rev?: string;
  readonly json?: true;
}

const nameOf = ({ name, arch }: CatalogRow): { readonly name: string; readonly arch: string } => ({ name, arch });

/** `faultline doctor`: says what of a kernel tree the scenarios and the catalog can't use. Returns the exit status. */
export async function doctorCommand(options: DoctorOptions): Promise<number> {
  return withTree(options.tree, options.rev, async (tree) => {
    const resources = loadResources();
    await initC();
    const configs = new TreeConfigs(tree.source);
    const scenarios = resources.treeScenarios.map((scenario) =>
      checkScenario(resources, tree.source, configs.of(scenario.spec.arch), scenario),
    );
    const rows = rowNames(tree.source, resources.catalog.rows);
    if (options.json) {
      const report = {
        schema: 'faultline-doctor/1',
        tree: tree.name,
        scenarios,
        rows: { ...rows, missing: rows.missing.map(nameOf), otherVersions: rows.otherVersions.map(nameOf) },
      };
      process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    } else process.stdout.write(doctorText(tree.name, scenarios, rows));
    return scenarios.every(({ troubles }) => troubles.length === 0) ? 0 : 1;
  });
}
