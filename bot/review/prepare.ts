import type { Reachable } from '../../analyzers/program/reachable.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { Program } from '../../simulator/program/types.js';
import type { Scenario, SizeSpec } from '../../simulator/scenarios/spec.js';
import { rewrites } from './partial.js';
import type { Plan } from './plan.js';
import { isMaterial, mayReach } from './reach.js';
import type { Resources } from './resources.js';
import { type CompiledVersion, sameCode, type Version, versionOf } from './scenario-runs.js';
import { type ConfigMacros, configOf, skeletonConfig } from './tree-configs.js';
import type { Step } from './steps.js';

/** A scenario compiled from every version of the code that differs in it. Data: another thread may run it. */
export interface Prepared {
  /** Message-ids of the patches that change what it runs. */
  readonly reachedBy: readonly string[];
  /** `at[i]` is the version after i patches. */
  readonly at: readonly number[];
  readonly versions: readonly PreparedVersion[];
}

export interface PreparedVersion {
  /** How many patches the tree has that it was compiled from. */
  readonly patches: number;
  readonly program: Program;
  readonly reach: Reachable;
  /** Of the files that the patches change, those that it was compiled from. */
  readonly read: ReadonlySet<string>;
  /** At the size that costs are counted at; null where they are not. */
  readonly counted: { readonly program: Program; readonly reach: Reachable } | null;
}

/** Compiles a scenario from every version of the code; null where the patches change nothing of it. */
export function prepareScenario(resources: Resources, plan: Plan, scenario: Scenario): Prepared | null {
  const { input, steps } = plan;
  const first = steps[0];
  if (!first || !mayReach(plan, scenario)) return null;
  const size = scenario.spec.explore;
  // One version a step; steps that leave what the scenario runs as it was share one.
  const versions = [{ patches: 0, version: versionOf(resources, first.before, scenario, size) }];
  const at = [0];
  const reachedBy: string[] = [];
  let runsPatched = false;
  for (const [i, step] of steps.entries()) {
    const before = versions[at[i] ?? 0]?.version;
    const version = before && touches(step, before, scenario.spec, resources) ? versionOf(resources, step.after, scenario, size) : before;
    runsPatched ||= version !== undefined && version !== before && hasPatchedCode(version);
    if (!before || !version || sameCode(before, version)) {
      at.push(at[i] ?? 0);
      continue;
    }
    reachedBy.push(input.patches[i]?.messageId ?? '');
    versions.push({ patches: i + 1, version });
    at.push(versions.length - 1);
  }
  const only = versions[0]?.version;
  // The same in other words is worth a run. A line that only names what is run, in code that is not, is nothing of it.
  if (versions.length === 1 && !(only && runsPatched && input.patches.some((patch, i) => rewrites(patch, steps[i], only)))) return null;
  const paths = pathsOf(plan);
  const isCounted = new Set([0, at.at(-1)]);
  return {
    reachedBy,
    at,
    versions: versions.map(({ patches, version: { tree, program, reach, read } }, i) => ({
      patches,
      program,
      reach,
      read: new Set(paths.filter((path) => read.has(path))),
      counted: isCounted.has(i) ? countedIn(resources, tree, scenario, scenario.spec.measure) : null,
    })),
  };
}

function countedIn(
  resources: Resources,
  tree: SourceTree,
  scenario: Scenario,
  size: SizeSpec | null | undefined,
): PreparedVersion['counted'] {
  if (!size) return null;
  const { program, reach } = versionOf(resources, tree, scenario, size);
  return { program, reach };
}

/** The versions of a prepared scenario, with their trees. */
export const versionsIn = ({ steps }: Plan, { versions }: Prepared): (Version & { readonly counted: Version | null })[] =>
  versions.flatMap(({ patches, program, reach, read, counted }) => {
    const tree = patches === 0 ? steps[0]?.before : steps[patches - 1]?.after;
    return tree === undefined ? [] : [{ tree, program, reach, read, counted: counted && { tree, ...counted, read } }];
  });

function pathsOf({ input, steps }: Plan): string[] {
  const named = input.patches.flatMap(({ files }) => files.flatMap(({ newPath, oldPath }) => [newPath, oldPath]));
  const merged = steps.flatMap(({ merges }) => merges.map(({ path }) => path));
  return [...new Set([...named, ...merged])].filter((path) => path !== null);
}

/** Whether a step changes what the scenario is made of. */
function touches(step: Step, version: CompiledVersion, { arch, on }: Scenario['spec'], { store }: Resources): boolean {
  const { before, after } = step;
  const matters = (path: string): boolean =>
    version.read.has(path) || version.read.couldResolveOtherwise(before.read(path), after.read(path));
  if (step.merges.some((file) => file.kind !== 'refused' && isMaterial(step, file) && (matters(file.path) || renames(file)))) return true;
  const config = (tree: SourceTree): ConfigMacros => (on === 'tree' ? configOf(tree, arch, store) : skeletonConfig(tree, arch));
  return config(before) !== config(after);
}

/** Whether some line that a patch has written is part of what a scenario runs. */
const hasPatchedCode = ({ program, reach }: Version): boolean =>
  [...reach.procedures].some((name) => program.procedures.get(name)?.code.some((instr) => instr.at.origin === 'patch') === true);

const renames = (file: Step['merges'][number]): boolean => file.kind === 'merged' && file.renames.length > 0;
