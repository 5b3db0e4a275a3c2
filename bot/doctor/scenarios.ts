import { survey } from '../../analyzers/program/survey.js';
import { isKernel } from '../../analyzers/source/kernel.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { ViolationKind } from '../../simulator/machine/violation.js';
import type { Instr, Program, SourceRef } from '../../simulator/program/types.js';
import { NoSuchLocation, objectsMade } from '../../simulator/scenarios/objects.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import { incomplete, Laboratory } from '../mutate/behaviour.js';
import type { Resources } from '../review/resources.js';
import type { Version } from '../review/scenario-runs.js';
import { TooManyUnknowns } from '../review/settings.js';
import type { ConfigMacros } from '../review/tree-configs.js';
import { compileInTree, versionInTree } from '../review/tree-scenario.js';

/** How a scenario and a tree go together. */
export interface ScenarioCheckup {
  readonly scenario: string;
  /** Kernel functions that it reaches, by where they stand. */
  readonly functions: { readonly tree: number; readonly skeleton: number };
  /** Why it says nothing, or too little, of this tree, each a sentence. */
  readonly troubles: readonly string[];
  /** What the tree lacks or the front end can't take, and no run comes to, each a sentence. */
  readonly notes: readonly string[];
}

/** Compiles a scenario with the code of a tree, runs it, and says what is missing from it. */
export function checkScenario(resources: Resources, tree: SourceTree, config: ConfigMacros, scenario: Scenario): ScenarioCheckup {
  const { arch, files, entries, lacking, scenario: name } = scenario.spec;
  const troubles = files
    .filter((file) => tree.read(file) === null)
    .map((file) => `${file}: ${tree.refusal(file) ?? 'the tree has no such file'}`);
  const notes: string[] = [];
  const size = scenario.spec.explore;
  const compiled = compileInTree(resources, tree, config, scenario, size);
  const version = versionInTree(resources, tree, config, scenario, size);
  const { reach } = version;
  const origins = [...reach.procedures].map((procedure) => version.program.procedures.get(procedure)?.at.origin);
  const count = (origin: string): number => origins.filter((each) => each === origin).length;
  const functions = { tree: count('tree'), skeleton: count('skeleton') };
  const isReached = (entry: string): boolean => reach.procedures.has(entry);
  const without = lacking.find(({ kernel }) => isKernel(tree, kernel));
  if (without !== undefined && !entries.some(isReached)) return { scenario: name, functions, troubles: [], notes: [without.why] };
  const made = objectsMade(size);
  for (const outcome of compiled.entries)
    if (outcome.k === 'missing' && !made.has(outcome.entry.name)) troubles.push(`${outcome.entry.name}: ${outcome.why}`);
  for (const entry of entries) if (!isReached(entry)) troubles.push(`${entry}(), which it is there to test, is not reached`);
  if (compiled.overBudget !== null) troubles.push(compiled.overBudget);
  const ran = troubles.length > 0 && reach.procedures.size === 0 ? null : run(resources, tree, scenario, version, troubles);
  const found = survey(only(compiled.program, reach.procedures), {
    row: (callee) => resources.catalog.find(arch, callee) ?? null,
    unresolved: compiled.unresolved,
    features: resources.catalog.features,
  });
  for (const { reason, what, why, at } of found.leftOut) {
    if (reason !== 'unsupported' && reason !== 'unresolved') continue;
    const met = ran === null ? at[0] : at.find((place) => ran.has(placeOf(place)));
    const [first] = at;
    if (met !== undefined) troubles.push(`${what}: ${why} (${placeOf(met)})`);
    else notes.push(`${what}: ${why}${first ? ` (${placeOf(first)})` : ''}; no run comes to it`);
  }
  return { scenario: name, functions, troubles, notes };
}

/** Runs the scenario as it stands. Returns the places that some run came to, null where there was none; adds what is wrong to `troubles`. */
function run(resources: Resources, tree: SourceTree, scenario: Scenario, version: Version, troubles: string[]): ReadonlySet<string> | null {
  try {
    const behaviour = new Laboratory(resources, scenario).behaviour(version);
    const isKnown = (kind: ViolationKind): boolean =>
      scenario.spec.known.some(({ kernel, violation }) => violation === kind && isKernel(tree, kernel));
    const shown = new Set(behaviour.leaves.flatMap(({ result }) => [...result.violations.keys()]));
    for (const kind of shown) if (!isKnown(kind)) troubles.push(`it shows ${kind} on the tree as it stands`);
    const why = incomplete(behaviour);
    if (why !== null) troubles.push(`not every run could be followed to its end: ${why}`);
    return new Set([...behaviour.executed].filter(({ op }) => !PASSED.has(op)).map(({ at }) => placeOf(at)));
  } catch (error) {
    if (!(error instanceof TooManyUnknowns || error instanceof NoSuchLocation)) throw error;
    troubles.push(error.message);
    return null;
  }
}

/** What is come to on the way past something that is left out. */
const PASSED: ReadonlySet<Instr['op']> = new Set(['branch', 'jump', 'return']);

const placeOf = ({ file, line }: SourceRef): string => `${file}:${line}`;

const only = (program: Program, names: ReadonlySet<string>): Program => ({
  ...program,
  procedures: new Map([...program.procedures].filter(([name]) => names.has(name))),
});
