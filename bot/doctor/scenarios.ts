import { survey } from '../../analyzers/program/survey.js';
import { reachable } from '../../analyzers/program/reachable.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { Program } from '../../simulator/program/types.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import type { Resources } from '../review/resources.js';
import type { ConfigMacros } from '../review/tree-configs.js';
import { compileInTree } from '../review/tree-scenario.js';
import { startingPoints } from '../review/versions.js';

/** How a scenario and a tree go together. */
export interface ScenarioCheckup {
  readonly scenario: string;
  /** Kernel functions that it reaches, by where they stand. */
  readonly functions: { readonly tree: number; readonly skeleton: number };
  /** What the tree lacks or the front end can't take, each a sentence. */
  readonly troubles: readonly string[];
}

/** Compiles a scenario with the code of a tree, and says what is missing from it. */
export function checkScenario(resources: Resources, tree: SourceTree, config: ConfigMacros, scenario: Scenario): ScenarioCheckup {
  const { arch, files, entries } = scenario.spec;
  const troubles = files
    .filter((file) => tree.read(file) === null)
    .map((file) => `${file}: ${tree.refusal(file) ?? 'the tree has no such file'}`);
  const size = scenario.spec.explore;
  const compiled = compileInTree(resources, tree, config, scenario, size);
  for (const outcome of compiled.entries) if (outcome.k === 'missing') troubles.push(`${outcome.entry.name}: ${outcome.why}`);
  const reach = reachable(compiled.program, startingPoints(scenario, size));
  const reached = only(compiled.program, reach.procedures);
  for (const name of entries) {
    if (!reach.procedures.has(name)) troubles.push(`${name}(), which it is there to test, is not reached`);
  }
  const found = survey(reached, {
    row: (name) => resources.catalog.find(arch, name) ?? null,
    unresolved: compiled.unresolved,
    features: resources.catalog.features,
  });
  for (const { reason, what, why, at } of found.leftOut) {
    if (reason !== 'unsupported' && reason !== 'unresolved') continue;
    const [first] = at;
    troubles.push(`${what}: ${why}${first ? ` (${first.file}:${first.line})` : ''}`);
  }
  if (compiled.overBudget !== null) troubles.push(compiled.overBudget);
  const origins = [...reached.procedures.values()].map(({ at }) => at.origin);
  const count = (origin: string): number => origins.filter((each) => each === origin).length;
  return { scenario: scenario.spec.scenario, functions: { tree: count('tree'), skeleton: count('skeleton') }, troubles };
}

const only = (program: Program, names: ReadonlySet<string>): Program => ({
  ...program,
  procedures: new Map([...program.procedures].filter(([name]) => names.has(name))),
});
