import { NoSuchLocation } from '../../simulator/scenarios/objects.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import type { Finding, Review } from '../report/schema.js';
import { changedNames, changedProcedures, chosenFor, keptOf } from './changed.js';
import { countsOf } from './count-differences.js';
import { faultText } from './fault-text.js';
import { archName, judge } from './findings.js';
import { identityOf } from './identity.js';
import { type ChangesRun, changesRun } from './idle-changes.js';
import { knownOf } from './known.js';
import { newlyMovable } from './movable-tasks.js';
import { missingFor } from './partial.js';
import type { Plan } from './plan.js';
import { type Prepared, prepareScenario, versionsIn } from './prepare.js';
import type { Resources } from './resources.js';
import { whySafe } from './safe-because.js';
import { runVersions, type ScenarioRuns, type Version, type VersionOutcome } from './scenario-runs.js';
import { TooManyUnknowns } from './settings.js';
import { type Added, addedSynchronisations } from './superfluous.js';
import { seenCalls, type UnseenCall, unseenCalls } from './unseen-calls.js';
import { unfetchedSynchronisations, unseenSynchronisations } from './unseen-synchronisation.js';
import { weakenedAtomics } from './weakened-atomics.js';

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
  /** Procedures and variables that it runs and that they change. */
  readonly changed: readonly string[];
  /** Procedures that the patches change and that runs come to. */
  readonly cameTo: readonly string[];
  /** Those that it could run and that they change, where no run comes to any of them. */
  readonly passedBy: readonly string[];
  /** What runs execute of the changed code, and what not, of procedures that they come to. */
  readonly code: ChangesRun;
  /** Runs whose silence says something. */
  readonly conclusive: number;
  /** Calls that the patches take away or move, and that the machine leaves out here. */
  readonly unseenCalls: readonly UnseenCall[];
  /** Calls in what it came to that others leave out, and that it runs; see `keyOf`. */
  readonly seenCalls: readonly string[];
  /** The patches change what it runs, and what it shows afterwards, or its silence, says nothing: others that are silent make nothing clean. */
  readonly open: boolean;
  readonly findings: readonly Finding[];
  /** Context synchronisations that the patches add. */
  readonly added: readonly Added[];
  readonly counts: readonly Review['counts'][number][];
  readonly ran: readonly Row[];
  readonly notModelled: readonly Review['notModelled'][number][];
  readonly safeBecause: readonly Review['safeBecause'][number][];
  /** What of the findings is known of the kernel that the patches go on. */
  readonly known: readonly string[];
}

const NOTHING_RAN: Omit<Reached, 'reachedBy' | 'changed' | 'notModelled'> = {
  cameTo: [],
  passedBy: [],
  code: { ways: [], idle: [] },
  unseenCalls: [],
  seenCalls: [],
  conclusive: 0,
  open: false,
  findings: [],
  added: [],
  counts: [],
  ran: [],
  safeBecause: [],
  known: [],
};

/** Runs a scenario on every version of the code that differs in it, and compares. Throws nothing. `between` is called between runs: they may take long. */
export function reviewScenario(
  resources: Resources,
  plan: Plan,
  scenario: Scenario,
  between: () => void = () => undefined,
): ScenarioReview {
  const prepared = guarded(() => prepareScenario(resources, plan, scenario));
  if (prepared === null) return { k: 'not-reached' };
  return 'k' in prepared ? prepared : runPrepared(resources, plan, scenario, prepared, between);
}

/** Runs a scenario that has been compiled from every version of the code, and compares. Throws nothing. */
export function runPrepared(
  resources: Resources,
  plan: Plan,
  scenario: Scenario,
  prepared: Prepared,
  between: () => void = () => undefined,
): ScenarioReview {
  const { reachedBy, versions } = prepared;
  return guarded(() => ({
    k: 'reached',
    reachedBy,
    changed: chosenFor(versions),
    ...runs(resources, plan, scenario, prepared, between),
  }));
}

/** What a step of a review gives, or that it failed. */
export function guarded<T>(step: () => T): T | Extract<ScenarioReview, { k: 'failed' }> {
  try {
    return step();
  } catch (error) {
    return { k: 'failed', why: faultText(error) };
  }
}

function runs(
  resources: Resources,
  plan: Plan,
  scenario: Scenario,
  prepared: Prepared,
  between: () => void,
): Omit<Reached, 'reachedBy' | 'changed'> {
  const { input, steps } = plan;
  const { at } = prepared;
  const versions = versionsIn(plan, prepared);
  const name = scenario.spec.scenario;
  const notModelled: Review['notModelled'][number][] = [];
  const touched = new Set(steps.flatMap((step) => step.merges).flatMap((file) => (file.kind === 'refused' ? [] : [file.path])));
  // Without the code that it is there to test, whatever it shows is its own doing.
  const tests = (version: Version): boolean => scenario.spec.entries.some((entry) => version.reach.procedures.has(entry));
  if (scenario.spec.on === 'tree' && !versions.every(tests)) {
    const why = `the tree has none of ${scenario.spec.entries.join(', ')}, which it is there to test`;
    return { ...NOTHING_RAN, notModelled: [{ what: name, why }] };
  }
  let runs: ScenarioRuns;
  try {
    runs = runVersions(resources, { scenario, versions, touched }, between);
  } catch (error) {
    if (!(error instanceof TooManyUnknowns || error instanceof NoSuchLocation)) throw error;
    return { ...NOTHING_RAN, notModelled: [{ what: name, why: error.message }] };
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
  const { rows, conclusive, cameTo, passedBy } = tableOf(name, runs, last, whole, notModelled);
  // What is found on other ways has nothing to do with the patches.
  const findings = passedBy.length === 0 ? judged.findings : [];
  const before = versions[0];
  const after = versions[last];
  const unseen =
    before && after
      ? unseenSynchronisations(resources.catalog, scenario.spec.arch, before.program, after.program, changedNames([before, after]))
      : [];
  const unfetched =
    before && after
      ? unfetchedSynchronisations(resources.catalog, scenario.spec.arch, before.program, after.program, changedNames([before, after]))
      : [];
  for (const procedure of unfetched) notModelled.push({ what: `${procedure}() in ${name}`, why: UNFETCHED });
  const weakened =
    before && after
      ? weakenedAtomics(resources.catalog, scenario.spec.arch, before.program, after.program, changedNames([before, after]))
      : [];
  for (const procedure of weakened) notModelled.push({ what: `${procedure}() in ${name}`, why: WEAKENED });
  for (const procedure of unseen) notModelled.push({ what: `${procedure}() in ${name}`, why: UNSEEN });
  const calls =
    before && after ? unseenCalls(resources.catalog, scenario.spec.arch, before.program, after.program, changedNames([before, after])) : [];
  const outcomes = (version: number): readonly VersionOutcome[] => runs.leaves.flatMap((leaf) => leaf.result[version] ?? []);
  const movable = newlyMovable(outcomes(0), outcomes(last));
  for (const procedure of movable) notModelled.push({ what: `${procedure}() in ${name}`, why: MOVABLE });
  const counted = before?.counted && after?.counted ? ([before.counted, after.counted] as const) : null;
  const counts = counted ? countsOf(resources, scenario, counted, archName(name, scenario.spec.arch), notModelled) : [];
  const says = conclusive > 0 || versions.length < 2 || passedBy.length > 0;
  return {
    cameTo,
    passedBy,
    code: changesRun(runs, last, changedNames(versions)),
    conclusive: unseen.length > 0 ? 0 : conclusive,
    unseenCalls: calls,
    seenCalls: before && conclusive > 0 ? seenCalls(resources.catalog, scenario.spec.arch, before.program, cameTo) : [],
    open: judged.conditional.length > 0 || movable.length > 0 || unfetched.length > 0 || weakened.length > 0 || !says,
    findings,
    added: addedSynchronisations(
      runs,
      at,
      input.patches.map((patch) => patch.messageId),
    ),
    counts,
    ran: rows,
    notModelled,
    safeBecause: whySafe(resources, runs, last),
    known: before ? knownOf(scenario.spec, before.tree, findings) : [],
  };
}

/** A row for each distinct run of the last version; `notModelled` receives what was left out of them. */
function tableOf(
  name: string,
  runs: ScenarioRuns,
  last: number,
  whole: boolean,
  notModelled: Review['notModelled'][number][],
): { readonly rows: readonly Row[]; readonly conclusive: number } & Pick<Reached, 'cameTo' | 'passedBy'> {
  const rows = new Map<VersionOutcome, Row & { settings: number }>();
  let conclusive = 0;
  const changed = changedProcedures(runs.versions, runs.scenario.text);
  const names = changed ?? changedNames(runs.versions);
  const cameTo = new Set<string>();
  for (const leaf of runs.leaves) {
    const outcome = leaf.result[last];
    if (!outcome) continue;
    const sameCalls = leaf.result[0]?.unknown.size === outcome.unknown.size;
    // Silence of a run that does not come to what is changed says nothing of it.
    const comesTo = names.filter((each) => leaf.result.some(({ procedures }) => procedures.has(each)));
    for (const each of comesTo) cameTo.add(each);
    const comesThere = changed === null || comesTo.length > 0;
    if (whole && sameCalls && comesThere && outcome.stuck.length === 0 && leaf.result[0]?.stuck.length === 0) conclusive++;
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
  return {
    rows: [...rows.values()],
    conclusive,
    cameTo: [...cameTo],
    passedBy: changed !== null && cameTo.size === 0 ? keptOf(runs.versions, changed) : [],
  };
}

const MOVABLE =
  'with the patches a task asks for the number of its CPU, or flushes that CPU alone, where it may be moved to another one; on the machine tasks do not move';
const WEAKENED =
  'the patches make a plain access of an atomic one; that what others store in between is lost shows only where a run has them do so';
const UNFETCHED =
  'the patches take away a context synchronisation, and no instructions that change are fetched here: what a CPU executes that it fetched before is in no run';
const UNSEEN = 'the patches change which system registers are written, or when that takes effect, and system registers are not modelled';
