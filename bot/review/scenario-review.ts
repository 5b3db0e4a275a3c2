import { includeClosure } from '../../analyzers/program/closure.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import { NoSuchLocation } from '../../simulator/scenarios/objects.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import { reviewIdentity } from '../report/id.js';
import type { Finding, Review } from '../report/schema.js';
import { countsOf } from './count-differences.js';
import { archName, judge } from './findings.js';
import { knownOf } from './known.js';
import { missingFor, rewrites } from './partial.js';
import type { Plan } from './plan.js';
import type { Resources } from './resources.js';
import { whySafe } from './safe-because.js';
import { runVersions, sameCode, type ScenarioRuns, type Version, type VersionOutcome, versionOf } from './scenario-runs.js';
import { TooManyUnknowns } from './settings.js';
import { configOf } from './tree-configs.js';
import type { Step } from './versions.js';

type Row = Review['ran'][number];

/** What came of one scenario in one review: data, whichever thread it was made on. */
export type ScenarioReview =
  /** No patch changes what it runs. */
  | { readonly k: 'not-reached' }
  | ({ readonly k: 'reached' } & Reached)
  /** It could not be run to its end; the others still count. */
  | { readonly k: 'failed'; readonly why: string };

interface Reached {
  /** Message-ids of the patches that change what it runs. */
  readonly reachedBy: readonly string[];
  /** Runs whose silence says something. */
  readonly conclusive: number;
  readonly findings: readonly Finding[];
  readonly counts: readonly Review['counts'][number][];
  readonly ran: readonly Row[];
  readonly notModelled: readonly Review['notModelled'][number][];
  readonly safeBecause: readonly Review['safeBecause'][number][];
  /** What of the findings is known of the kernel that the patches go on. */
  readonly known: readonly string[];
}

const NOT_REACHED: ScenarioReview = { k: 'not-reached' };

/**
 * Runs a scenario on every version of the code that differs in it, and compares. Throws nothing. `between` is called between runs: they may
 * take long.
 */
export function reviewScenario(
  resources: Resources,
  plan: Plan,
  scenario: Scenario,
  between: () => void = () => undefined,
): ScenarioReview {
  try {
    return reviewed(resources, plan, scenario, between);
  } catch (error) {
    return { k: 'failed', why: faultText(error) };
  }
}

/** What a report says of an exception that nobody foresaw. */
export const faultText = (error: unknown): string =>
  `stopped by a fault in faultline: ${error instanceof Error ? error.message : String(error)}. Please report it with the mail.`;

function reviewed(resources: Resources, plan: Plan, scenario: Scenario, between: () => void): ScenarioReview {
  const { input, steps } = plan;
  const first = steps[0];
  const last = steps.at(-1);
  if (!first || !last || !steps.some((step) => step.changed) || outOfReach(scenario, first.before, last.after, steps)) return NOT_REACHED;
  const size = scenario.spec.explore;
  // One version a step; steps that leave what the scenario runs as it was share one.
  const versions: Version[] = [versionOf(resources, first.before, scenario, size)];
  const at = [0];
  const reachedBy: string[] = [];
  steps.forEach((step, i) => {
    const before = versions[at[i] ?? 0];
    const version = before && touches(step, before, scenario.spec, resources) ? versionOf(resources, step.after, scenario, size) : before;
    if (!before || !version || sameCode(before, version)) {
      at.push(at[i] ?? 0);
      return;
    }
    reachedBy.push(input.patches[i]?.messageId ?? '');
    versions.push(version);
    at.push(versions.length - 1);
  });
  const only = versions[0];
  if (versions.length === 1 && !(only && input.patches.some((patch, i) => rewrites(patch, steps[i], only)))) return NOT_REACHED;
  return { k: 'reached', reachedBy, ...runs(resources, plan, scenario, versions, at, between) };
}

/** No patch touches a file that the scenario could be compiled from, nor renames anything there. */
function outOfReach(scenario: Scenario, before: SourceTree, after: SourceTree, steps: readonly Step[]): boolean {
  const { files, arch, on } = scenario.spec;
  // In a kernel tree anything that is linked into it may be reached; which files that takes is only known once it has been compiled.
  if (on === 'tree') return !steps.some((step) => step.merges.some((file) => isLinked(file.path, arch)));
  const read = new Set([before, after].flatMap((tree) => [...includeClosure(tree, files, arch)]));
  const names = steps.flatMap((step) => step.merges).flatMap((file) => (file.kind === 'merged' ? file.renames.map(([mail]) => mail) : []));
  const renamed = (path: string): boolean => names.some((name) => after.read(path)?.text.includes(name) === true);
  return !steps.some((step) => step.merges.some((file) => read.has(file.path))) && ![...read].some(renamed);
}

/** Whether a file may be part of an architecture's kernel, as far as scenarios follow it. */
const isLinked = (path: string, arch: Arch): boolean =>
  path.startsWith('arch/') ? path.startsWith(`arch/${arch}/`) : /^(?:include|kernel|lib|mm|virt|init)\//.test(path);

/** Whether a step changes what the scenario is made of. */
function touches(step: Step, version: Version, { arch, on }: Scenario['spec'], { store }: Resources): boolean {
  const { before, after } = step;
  const matters = (path: string): boolean =>
    version.read.has(path) || version.read.couldResolveOtherwise(before.read(path), after.read(path));
  if (step.merges.some((file) => file.kind !== 'refused' && (matters(file.path) || renames(file)))) return true;
  return on === 'tree' && configOf(before, arch, store) !== configOf(after, arch, store);
}
const renames = (file: Step['merges'][number]): boolean => file.kind === 'merged' && file.renames.length > 0;

function runs(
  resources: Resources,
  { input, steps }: Plan,
  scenario: Scenario,
  versions: readonly Version[],
  at: readonly number[],
  between: () => void,
): Omit<Reached, 'reachedBy'> {
  const name = scenario.spec.scenario;
  const notModelled: Review['notModelled'][number][] = [];
  const touched = new Set(steps.flatMap((step) => step.merges).flatMap((file) => (file.kind === 'refused' ? [] : [file.path])));
  // Without the code that it is there to test, whatever it shows is its own doing.
  const tests = (version: Version): boolean => scenario.spec.entries.some((entry) => version.reach.procedures.has(entry));
  if (scenario.spec.on === 'tree' && !versions.every(tests)) {
    const why = `the tree has none of ${scenario.spec.entries.join(', ')}, which it is there to test`;
    return { conclusive: 0, findings: [], counts: [], ran: [], notModelled: [{ what: name, why }], safeBecause: [], known: [] };
  }
  let runs: ScenarioRuns;
  try {
    runs = runVersions(resources, { scenario, versions, touched }, between);
  } catch (error) {
    if (!(error instanceof TooManyUnknowns || error instanceof NoSuchLocation)) throw error;
    notModelled.push({ what: name, why: error.message });
    return { conclusive: 0, findings: [], counts: [], ran: [], notModelled, safeBecause: [], known: [] };
  }
  const partial = input.patches.map((patch, i) => missingFor(patch, steps[i], versions));
  const judged = judge(
    runs,
    at,
    input.patches.map((patch) => patch.messageId),
    partial,
    identityOf(input),
  );
  notModelled.push(...judged.conditional);
  const last = at.at(-1) ?? 0;
  const whole = partial.every((missing) => missing === null);
  const { rows, conclusive } = tableOf(name, runs, last, whole, notModelled);
  const before = versions[0];
  const after = versions[last];
  const counts = before && after ? countsOf(resources, scenario, before, after, archName(name, scenario.spec.arch), notModelled) : [];
  return {
    conclusive,
    findings: judged.findings,
    counts,
    ran: rows,
    notModelled,
    safeBecause: whySafe(resources, runs, last),
    known: before ? knownOf(scenario.spec, before.tree, judged.findings) : [],
  };
}

const identityOf = (input: Plan['input']): string =>
  reviewIdentity(
    input.kind === 'pasted'
      ? { kind: 'pasted', patch: input.patches[0]?.messageId ?? '', ordinal: input.ordinal }
      : { kind: 'series', series: { title: input.title, version: input.version, patches: [...input.patches] } },
  );

/** A row for each distinct run of the last version; `notModelled` receives what was left out of them. */
function tableOf(
  name: string,
  runs: ScenarioRuns,
  last: number,
  whole: boolean,
  notModelled: Review['notModelled'][number][],
): { readonly rows: readonly Row[]; readonly conclusive: number } {
  const rows = new Map<VersionOutcome, Row & { settings: number }>();
  let conclusive = 0;
  for (const leaf of runs.leaves) {
    const outcome = leaf.result[last];
    if (!outcome) continue;
    const sameCalls = leaf.result[0]?.unknown.size === outcome.unknown.size;
    if (whole && sameCalls && outcome.stuck.length === 0 && leaf.result[0]?.stuck.length === 0) conclusive++;
    const told = rows.get(outcome);
    if (told) {
      told.settings++;
      continue;
    }
    const axes = Object.fromEntries([...outcome.used].map(([axis, value]) => [axis.replace(/^\?/, ''), value]));
    const { full } = outcome;
    const shown = [...outcome.shown.keys()].join(', ');
    rows.set(outcome, {
      scenario: name,
      axes,
      states: full.states,
      ms: Math.round(full.ms),
      settings: 1,
      window: full.window,
      exhaustive: full.stopped === null,
      outcome: shown === '' ? 'silent' : shown,
    });
    if (full.stopped !== null)
      notModelled.push({
        what: `${name} in full`,
        why: `the run was stopped after ${full.stopped}; what it did not reach is not known`,
      });
    for (const why of outcome.stuck) notModelled.push({ what: `some runs of ${name}`, why });
  }
  for (const call of new Set(runs.leaves.flatMap((leaf) => [...(leaf.result[last]?.unknown ?? [])])))
    notModelled.push({
      what: `${call}() in ${name}`,
      why: 'neither a body in the sources at hand nor a row in the catalog; passed over',
    });
  for (const [call, why] of new Map(runs.leaves.flatMap((leaf) => [...(leaf.result[last]?.dropped ?? [])])))
    notModelled.push({ what: `${call}() in ${name}`, why });
  return { rows: [...rows.values()], conclusive };
}
