import { initC } from '../../analyzers/c/parser.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import { loadResources, type Resources } from '../review/resources.js';
import { type Version, versionOf } from '../review/scenario-runs.js';
import { TreeConfigs, versionInTree } from '../review/tree-scenario.js';
import { chosen } from '../scenarios/choose.js';
import { listText } from '../scenarios/list.js';
import { resultText, totalText } from '../scenarios/print.js';
import { isUnexpected, runAsItStands, type ScenarioResult } from '../scenarios/run.js';
import { withTree } from './tree.js';
import { complain } from './words.js';

export interface ScenariosOptions {
  readonly arch?: string;
  readonly tree?: string;
  readonly rev?: string;
  readonly json?: true;
}

/** `faultline scenarios`: lists scenarios, shows one, or runs them as they stand. Returns the exit status. */
export async function scenariosCommand(action: string, names: readonly string[], options: ScenariosOptions): Promise<number> {
  const resources = loadResources();
  const all = [...resources.scenarios, ...resources.treeScenarios].sort((a, b) => (a.spec.scenario < b.spec.scenario ? -1 : 1));
  switch (action) {
    case 'list':
      return onChosen(all, names, options, (found) => {
        if (options.json) process.stdout.write(json(found.map(listed)));
        else process.stdout.write(listText(found, process.stdout.columns || 120));
        return 0;
      });
    case 'show':
      if (names.length === 0) return complain('which scenario shall be shown? Give its name; faultline scenarios list has them');
      return onChosen(all, names, options, (found) => {
        for (const [path, text] of new Map(found.map((scenario) => [scenario.path, scenario.text])))
          process.stdout.write(`${path}\n\n${text}\n`);
        return 0;
      });
    case 'run':
      return onChosen(options.tree === undefined ? resources.scenarios : resources.treeScenarios, names, options, (found) =>
        runAll(resources, found, options),
      );
    default:
      return complain(`faultline scenarios ${action}: it takes list, show or run`);
  }
}

/** What a list has of each: not its layout, which `show` has. */
const listed = ({ path, spec }: Scenario): object => {
  const { scenario, arch, on, about, entries, files, axes, known, lacking } = spec;
  return { scenario, path, arch, on, about, entries, files, axes, known, lacking };
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function onChosen(
  all: readonly Scenario[],
  names: readonly string[],
  { arch }: ScenariosOptions,
  use: (found: readonly Scenario[]) => number | Promise<number>,
): number | Promise<number> {
  const found = chosen(all, arch === undefined ? { names } : { names, arch });
  return typeof found === 'string' ? complain(found) : use(found);
}

async function runAll(resources: Resources, scenarios: readonly Scenario[], options: ScenariosOptions): Promise<number> {
  await initC();
  if (options.tree === undefined)
    return results(resources, scenarios, options, (scenario) => versionOf(resources, resources.skeleton, scenario, scenario.spec.explore));
  return withTree(options.tree, options.rev, ({ source }) => {
    const configs = new TreeConfigs(source);
    return Promise.resolve(
      results(resources, scenarios, options, (scenario) =>
        versionInTree(resources, source, configs.of(scenario.spec.arch), scenario, scenario.spec.explore),
      ),
    );
  });
}

function results(
  resources: Resources,
  scenarios: readonly Scenario[],
  options: ScenariosOptions,
  versionFor: (scenario: Scenario) => Version,
): number {
  const all: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    const result = runAsItStands(resources, scenario, versionFor(scenario));
    all.push(result);
    if (options.json !== true) process.stdout.write(resultText(result));
  }
  process.stdout.write(options.json ? json({ schema: 'faultline-scenarios/1', scenarios: all }) : totalText(all));
  return all.some(isUnexpected) ? 1 : 0;
}
