import { initC } from '../../analyzers/c/parser.js';
import { mutateScenario, type ScenarioMutants } from '../mutate/mutate.js';
import { baselineLine, mutantTable } from '../mutate/print.js';
import { mutateReport } from '../mutate/schema.js';
import { summarise } from '../mutate/summary.js';
import { loadResources, type Resources } from '../review/resources.js';
import { type Version, versionOf } from '../review/scenario-runs.js';
import { TreeConfigs, versionInTree } from '../review/tree-scenario.js';
import type { Scenario, SizeSpec } from '../../simulator/scenarios/spec.js';
import { withTree } from './tree.js';
import { complain } from './words.js';

export interface MutateOptions {
  readonly tree?: string;
  readonly rev?: string;
  readonly scenario?: readonly string[];
  readonly json?: true;
}

/** `faultline mutate`: runs the mutants of what scenarios run, prints what became of each and returns the exit status. */
export async function mutateCommand(options: MutateOptions): Promise<number> {
  const resources = loadResources();
  const scenarios = options.tree === undefined ? resources.scenarios : resources.treeScenarios;
  const wanted = options.scenario ?? [];
  const named = (name: string): boolean => wanted.length === 0 || wanted.some((each) => name === each || name.startsWith(`${each}/`));
  for (const each of wanted) {
    if (scenarios.some(({ spec }) => spec.scenario === each || spec.scenario.startsWith(`${each}/`))) continue;
    const where = options.tree === undefined ? 'the skeletons' : 'a tree';
    return complain(`no scenario ${each} for ${where}; there are ${scenarios.map(({ spec }) => spec.scenario).join(', ')}`);
  }
  await initC();
  const chosen = scenarios.filter(({ spec }) => named(spec.scenario));
  if (options.tree === undefined)
    return run(resources, chosen, options, (scenario, size) => versionOf(resources, resources.skeleton, scenario, size));
  return withTree(options.tree, options.rev, ({ source }) => {
    const configs = new TreeConfigs(source);
    const version: VersionFor = (scenario, size) => versionInTree(resources, source, configs.of(scenario.spec.arch), scenario, size);
    return Promise.resolve(run(resources, chosen, options, version));
  });
}

type VersionFor = (scenario: Scenario, size: SizeSpec) => Version;

function run(resources: Resources, scenarios: readonly Scenario[], options: MutateOptions, versionFor: VersionFor): number {
  const progress = (what: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[Kfaultline: ${what}`);
  };
  const all: ScenarioMutants[] = [];
  for (const scenario of scenarios) {
    const done = mutateScenario(resources, scenario, versionFor(scenario, scenario.spec.explore), progress);
    all.push(done);
    if (options.json !== true) process.stdout.write(baselineLine(done.baseline));
  }
  const mutants = summarise(all);
  if (options.json)
    process.stdout.write(
      `${JSON.stringify(
        mutateReport(
          all.map((each) => each.baseline),
          mutants,
        ),
        null,
        2,
      )}\n`,
    );
  else process.stdout.write(`\n${mutantTable(mutants)}`);
  return mutants.some(({ fate }) => fate.k === 'survived') ? 1 : 0;
}
