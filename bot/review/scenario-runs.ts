import { z } from 'zod';
import type { Reads } from '../../analyzers/program/on-demand.js';
import { type Reachable, reachable } from '../../analyzers/program/reachable.js';
import { openSetElsewhere } from '../../analyzers/program/set-elsewhere.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { TraceStep } from '../../simulator/explore/trace.js';
import type { Setup } from '../../simulator/interp/setup.js';
import { COUNTED, Counts } from '../../simulator/measure/counts.js';
import { type Measured, measure } from '../../simulator/measure/measure.js';
import { type Violation, type ViolationKind, VIOLATIONS } from '../../simulator/machine/violation.js';
import type { Program } from '../../simulator/program/types.js';
import { excluded, link, type Linked } from '../../simulator/scenarios/link.js';
import type { Synchronisation } from '../../simulator/program/synchronisation.js';
import { Learned, type Outcome, runScenario } from '../../simulator/scenarios/run.js';
import type { Scenario, SizeSpec } from '../../simulator/scenarios/spec.js';
import type { Setting } from './cubes.js';
import { type Explored, exploredForm } from './explored-form.js';
import { type KeptForm, keepRuns, runsKept } from './kept-runs.js';
import { OncePerAxes } from './once-per-axes.js';
import type { Resources } from './resources.js';
import { type Enumerated, enumerate } from './settings.js';
import { configOf } from './tree-configs.js';
import { releaseSources, versionInTree } from './tree-scenario.js';
import { type Unexecuted, unexecutedOf } from './unexecuted.js';
import { compileScenario, lineReader, startingPoints } from './versions.js';

const BUDGET = { states: 400_000, ms: 30_000 };

/** One state of the code as a scenario sees it. */
export interface Version {
  readonly tree: SourceTree;
  readonly program: Program;
  readonly reach: Reachable;
  /** Says of files that the patches change whether it was compiled from them. */
  readonly read: Pick<ReadonlySet<string>, 'has'>;
}

/** One that was compiled here. */
export interface CompiledVersion extends Version {
  /** What was looked for to compile it. */
  readonly read: Reads;
}

/** A violation found under one setting, at the smallest window that shows it. */
export interface Shown {
  readonly violation: Violation;
  readonly window: 0 | 1;
  readonly states: number;
  readonly exhaustive: boolean;
  trace(): readonly TraceStep[];
}

/** What one version of the code showed under one setting. */
export interface VersionOutcome {
  readonly shown: ReadonlyMap<ViolationKind, Shown>;
  /** The run that went furthest: with delayed stores, unless the one without shows a violation already. */
  readonly full: Pick<Outcome, 'window' | 'states' | 'ms' | 'stopped'>;
  readonly stuck: readonly string[];
  readonly procedures: ReadonlySet<string>;
  /** What runs left out of the procedures that they came to. */
  readonly unexecuted: Unexecuted;
  readonly dropped: ReadonlyMap<string, string>;
  /** Calls that were passed over for want of any meaning. */
  readonly unknown: ReadonlySet<string>;
  /** Where a task did what hangs on its CPU while a kernel might move it to another one: stacks of procedures. */
  readonly movable: ReadonlySet<string>;
  /** Context synchronisations, of runs that came to their end. */
  readonly synchronisations: readonly Synchronisation[];
  /** The axes that the runs asked for: they are the same under every setting that agrees in these. */
  readonly used: Setting;
}

/** A scenario run on every distinct version of the code, setting by setting. */
export interface ScenarioRuns {
  readonly scenario: Scenario;
  /** Files that the patches change. */
  readonly touched: ReadonlySet<string>;
  readonly versions: readonly Version[];
  readonly leaves: readonly Enumerated<readonly VersionOutcome[]>[];
}

/** Trees are values: what was compiled from one is what would be compiled again. */
const compiledOf = new WeakMap<SourceTree, Map<SizeSpec, CompiledVersion>>();

export function versionOf(resources: Resources, tree: SourceTree, scenario: Scenario, size: SizeSpec): CompiledVersion {
  const known = compiledOf.get(tree) ?? new Map<SizeSpec, CompiledVersion>();
  compiledOf.set(tree, known);
  const version = known.get(size) ?? compileVersion(resources, tree, scenario, size);
  known.set(size, version);
  return version;
}

/** Forgets what was compiled from a tree. */
export function releaseVersions(tree: SourceTree): void {
  compiledOf.delete(tree);
  releaseSources(tree);
}

function compileVersion(resources: Resources, tree: SourceTree, scenario: Scenario, size: SizeSpec): CompiledVersion {
  const { arch, on } = scenario.spec;
  if (on === 'tree') return versionInTree(resources, tree, configOf(tree, arch, resources.store), scenario, size);
  const entries = startingPoints(scenario, size);
  const read = new Set<string>();
  const compiled = compileScenario(resources, tree, scenario, size, read);
  const program = openSetElsewhere(compiled, reachable(compiled, entries));
  return { tree, program, reach: reachable(program, entries), read: { has: (path) => read.has(path), couldResolveOtherwise: () => false } };
}

export const sameCode = (a: Version, b: Version): boolean => {
  if (a.reach.texts.size !== b.reach.texts.size) return false;
  return [...a.reach.texts].every(([name, text]) => b.reach.texts.get(name) === text);
};

/** What runs of a version have learned of it: the next ones start from there. */
function learnedOf(version: Version, model: Linked): Learned {
  let known = learned.get(version);
  if (known === undefined) learned.set(version, (known = new Learned(model)));
  return known;
}

const learned = new WeakMap<Version, Learned>();

/** One version's runs, setting by setting. */
interface Explorer {
  under(setting: Setting): VersionOutcome;
  /** With delayed stores even where something shows without. */
  throughout(setting: Setting): VersionOutcome;
  /** To be called when all has been run. */
  end(): void;
}

function explorer(resources: Resources, scenario: Scenario, version: Version): Explorer {
  const run = (how: (each: (window: 0 | 1) => Outcome) => Explored, setting: Setting): Explored => {
    const model = linked(resources, scenario, scenario.spec.explore, version, setting);
    return how((window) => runScenario(model, { window, budget: BUDGET }, learnedOf(version, model)));
  };
  const line = lineReader(version.tree, scenario);
  const forms = { plain: exploredForm('run-5', line), whole: exploredForm('whole-1', line) };
  const kept = { plain: runsKept(resources, forms.plain, scenario, version), whole: runsKept(resources, forms.whole, scenario, version) };
  const most = scenario.spec.explore.window ?? 1;
  const plain = new OncePerAxes((setting) => run((each) => explored(version, each, most), setting), kept.plain);
  const whole = new OncePerAxes((setting) => run((each) => outcomeOf(version, each(0), each(1)), setting), kept.whole);
  return {
    under: (setting) => plain.under(setting),
    throughout: (setting) => whole.under(setting),
    end: () => {
      if (plain.all.length === kept.plain.length && whole.all.length === kept.whole.length) return;
      keepRuns(resources, scenario, version, [
        { form: forms.plain, runs: plain.all },
        { form: forms.whole, runs: whole.all },
      ]);
    },
  };
}

/**
 * Explores each version under each setting that makes a difference to any of them. Where one shows something that takes a delayed store,
 * the others are run with those as well.
 */
export function runVersions(
  resources: Resources,
  { scenario, versions, touched }: Omit<ScenarioRuns, 'leaves'>,
  between: () => void = () => undefined,
): ScenarioRuns {
  const explorers = versions.map((version) => explorer(resources, scenario, version));
  const leaves = enumerate(
    new Map(Object.entries(scenario.spec.axes)),
    (setting) => excluded(scenario, setting),
    (setting) => {
      const outcomes = explorers.map((each) => {
        between();
        return each.under(setting);
      });
      if (!outcomes.some(takesDelay)) return outcomes;
      return outcomes.map((outcome, i) => (outcome.full.window === 1 ? outcome : (explorers[i]?.throughout(setting) ?? outcome)));
    },
  );
  for (const each of explorers) each.end();
  return { scenario, versions, touched, leaves };
}

const takesDelay = ({ shown }: VersionOutcome): boolean => [...shown.values()].some(({ window }) => window === 1);

export function linked(resources: Resources, scenario: Scenario, size: SizeSpec, version: Version, setting: Setting): Linked {
  const line: Setup['line'] = lineReader(version.tree, scenario);
  const { catalog } = resources;
  return link(
    scenario,
    size,
    version.program,
    { find: (arch, name) => catalog.find(arch, name), features: catalog.features, held: (axis) => catalog.held(axis) },
    setting,
    line,
  );
}

/**
 * Runs without delayed stores, and where that is silent, with them: the stronger machine tells the simpler story, and what it shows has to
 * be mended before a weaker one can say more.
 *
 * A lost update counts as the cause of a bad end only where that end does not come without one.
 */
function explored(version: Version, run: (window: 0 | 1) => Outcome, most: 0 | 1): Explored {
  const strong = run(0);
  return outcomeOf(version, strong, strong.violations.size > 0 || most === 0 ? strong : run(1));
}

function outcomeOf({ program }: Version, strong: Outcome, full: Outcome): Explored {
  const shown = new Map<ViolationKind, Shown>();
  for (const outcome of new Set([strong, full])) {
    for (const [kind, found] of outcome.violations) {
      const { violation } = found;
      if (shown.has(kind)) continue;
      if (violation.endsIn !== null && (outcome.violations.has(violation.endsIn) || shown.has(violation.endsIn))) continue;
      shown.set(kind, {
        violation,
        trace: told(() => found.trace()),
        window: outcome.window,
        states: outcome.states,
        exhaustive: outcome.stopped === null,
      });
    }
  }
  const procedures = new Set([...strong.encountered.procedures, ...full.encountered.procedures]);
  const unexecuted = unexecutedOf(program, procedures, [strong.encountered, full.encountered]);
  const unknown = new Set([...strong.encountered.unknown, ...full.encountered.unknown]);
  const movable = new Set([...strong.encountered.movable, ...full.encountered.movable]);
  // The second run goes on with what the first has met.
  const { synchronisations } = full;
  const stuck = [...new Set([...strong.stuck, ...full.stuck])];
  return { shown, full, stuck, procedures, unexecuted, dropped: full.encountered.dropped, unknown, movable, synchronisations };
}

/** Works a trace out once. */
function told(trace: () => TraceStep[]): () => readonly TraceStep[] {
  let steps: readonly TraceStep[] | null = null;
  return () => (steps ??= trace());
}

/** Counts of one version, by setting; runs that could not be finished give their reason. */
export function measured(
  resources: Resources,
  scenario: Scenario,
  before: Version,
  after: Version,
): Enumerated<readonly [Measured, Measured]>[] {
  const size = scenario.spec.measure;
  if (!size) return [];
  const counter = (version: Version) => {
    const known = runsKept(resources, measuredForm, scenario, version);
    const runs = new OncePerAxes((setting) => ({ measured: measure(linked(resources, scenario, size, version, setting)) }), known);
    return {
      under: (setting: Setting): Measured => runs.under(setting).measured,
      end: () => {
        if (runs.all.length > known.length) keepRuns(resources, scenario, version, [{ form: measuredForm, runs: runs.all }]);
      },
    };
  };
  const counters = [counter(before), counter(after)] as const;
  const counted = enumerate(
    new Map(Object.entries(scenario.spec.axes)),
    (setting) => excluded(scenario, setting),
    (setting) => [counters[0].under(setting), counters[1].under(setting)] as const,
  );
  for (const each of counters) each.end();
  return counted;
}

const measuredForm: KeptForm<{ readonly measured: Measured }> = {
  kind: 'counts-1',
  plain: ({ measured: each }) => (each.k === 'stuck' ? each : { k: each.k, counts: [...each.counts.all()] }),
  schema: z.union([
    z.strictObject({ k: z.literal('stuck'), why: z.string() }).transform((stuck) => ({ measured: stuck })),
    z
      .strictObject({ k: z.literal('counts'), counts: z.array(z.tuple([z.enum(COUNTED), z.number()])) })
      .transform(({ k, counts }) => ({ measured: { k, counts: new Counts(counts) } })),
  ]),
};

/** Runs the scenario once more with a CPU that has only preemption or interrupts off not counted as an RCU reader: what shows then. */
export function withoutImplicitReaders(
  resources: Resources,
  scenario: Scenario,
  version: Version,
): { under(setting: Setting): readonly ViolationKind[]; end(): void } {
  const known = runsKept(resources, kindsShown, scenario, version);
  const runs = new OncePerAxes((setting) => {
    const model = linked(resources, scenario, scenario.spec.explore, version, setting);
    const { violations } = runScenario(model, { window: 0, budget: BUDGET, onlyExplicitReaders: true }, learnedOf(version, model));
    return { kinds: [...violations.keys()] };
  }, known);
  return {
    under: (setting) => runs.under(setting).kinds,
    end: () => {
      if (runs.all.length > known.length) keepRuns(resources, scenario, version, [{ form: kindsShown, runs: runs.all }]);
    },
  };
}

const kindsShown: KeptForm<{ readonly kinds: readonly ViolationKind[] }> = {
  kind: 'readers-1',
  plain: (result) => result,
  schema: z.strictObject({ kinds: z.array(z.enum(VIOLATIONS)) }),
};
