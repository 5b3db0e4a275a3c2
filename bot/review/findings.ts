import type { SourceRef } from '../../simulator/program/types.js';
import type { ViolationKind } from '../../simulator/machine/violation.js';
import { findingId } from '../report/id.js';
import type { Axes, Finding, Status, TraceStep } from '../report/schema.js';
import { cubes, type Setting } from './cubes.js';
import type { ScenarioRuns, Shown, Version, VersionOutcome } from './scenario-runs.js';
import type { Enumerated } from './settings.js';

/** What a violation looks like over a series, under one setting. */
interface Fate {
  readonly setting: Setting;
  readonly status: Status;
  /** Index into the patches: which one it is due to. */
  readonly patch: number;
  readonly removedBy: number | null;
  /** Where its trace is told from. */
  readonly version: number;
  /** Stores that a CPU has to delay for it. */
  readonly window: 0 | 1;
  readonly shown: Shown;
  readonly outcome: VersionOutcome;
}

/** Why a comparison says nothing, where it does not. */
type Doubt = string;

export interface Judged {
  readonly findings: readonly Finding[];
  /** Violations that hang on a value that nothing at hand gives: no verdict, but worth a sentence. */
  readonly conditional: readonly { readonly what: string; readonly why: string }[];
}

/**
 * `at[i]` is the version of the code after i patches; `patches` their message-ids; `partial[i]` says what of patch i is not in the runs, where
 * that may matter to this scenario.
 */
export function judge(
  runs: ScenarioRuns,
  at: readonly number[],
  patches: readonly string[],
  partial: readonly (Doubt | null)[],
  review: string,
): Judged {
  const findings: Finding[] = [];
  const conditional: { what: string; why: string }[] = [];
  const doubts = new Set<string>();
  const settings = runs.leaves.map((leaf) => leaf.setting);
  const kinds = new Set(runs.leaves.flatMap((leaf) => leaf.result.flatMap((outcome) => [...outcome.shown.keys()])));
  for (const kind of kinds) {
    const groups = new Map<string, Fate[]>();
    const all = runs.leaves.flatMap((leaf) => fatesOf(kind, leaf, at, firstChange(at)).map((fate) => ({ leaf, fate })));
    for (const { leaf, fate } of all) {
      const doubt = doubtOf(fate, leaf, at, partial);
      if (doubt !== null) {
        doubts.add(
          `${kind} is ${fate.status === 'fixed' ? 'gone' : 'there'} after the patches in ${runs.scenario.spec.scenario}, but ${doubt}: no verdict`,
        );
        continue;
      }
      // Delayed stores are a cause of their own.
      const key = [fate.status, fate.patch, fate.removedBy, fate.window].join(' ');
      groups.set(key, [...(groups.get(key) ?? []), fate]);
    }
    const needNoDelay = new Set([...groups.values()].flatMap(([fate]) => (fate?.window === 0 ? [fate.status] : [])));
    for (const fates of groups.values()) {
      // Where fewer delays show a violation already, more were not tried.
      const window = fates[0]?.window ?? 0;
      const version = fates[0]?.version ?? 0;
      const searched = runs.leaves.filter((leaf) => (leaf.result[version]?.full.window ?? 0) >= window).map((leaf) => leaf.setting);
      const sure = fates.some((fate) => holdsWhateverIsUnknown(fate.setting, fates, settings));
      const twice = window > 0 && needNoDelay.has(fates[0]?.status ?? 'pre-existing');
      if (sure) findings.push(findingOf(kind, fates, searched, runs, patches, twice ? `${review} delayed` : review));
      else if (fates.some((fate) => fate.status !== 'fixed')) conditional.push(conditionalNote(kind, fates, settings, runs));
    }
  }
  for (const why of doubts) conditional.push({ what: runs.scenario.spec.scenario, why });
  return { findings, conditional };
}

/** What keeps the difference between two versions from being the patch's doing; null where nothing does. */
function doubtOf(
  fate: Fate,
  leaf: Enumerated<readonly VersionOutcome[]>,
  at: readonly number[],
  partial: readonly (Doubt | null)[],
): Doubt | null {
  const last = fate.status === 'introduced' ? fate.patch + 1 : at.length - 1;
  const missing = partial.slice(0, last).find((what) => what !== null);
  if (missing !== undefined) return missing;
  const before = leaf.result[at[fate.status === 'introduced' ? fate.patch : 0] ?? 0];
  const after = leaf.result[at[last] ?? 0];
  if (!before || !after) return null;
  const silent = fate.status === 'fixed' ? after : fate.status === 'introduced' ? before : null;
  const stuck = silent?.stuck[0] ?? null;
  if (stuck !== null) return `a run could not be followed (${stuck})`;
  if (silent?.full.stopped) return `a run was stopped after ${silent.full.stopped}`;
  const calls = [...before.unknown]
    .filter((name) => !after.unknown.has(name))
    .concat([...after.unknown].filter((name) => !before.unknown.has(name)));
  return calls.length > 0 ? `nothing is known of ${calls.map((name) => `${name}()`).join(', ')}, which only one side calls` : null;
}

/** The first patch that changes what the scenario runs. */
const firstChange = (at: readonly number[]): number => Math.max(0, at.findIndex((version, i) => i > 0 && version !== at[i - 1]) - 1);

/**
 * What becomes of a violation that needs no delayed store, and of one that needs one. A patch that makes it easier to meet introduces the
 * first, whatever was there of the second; one that makes it harder fixes the first.
 */
function fatesOf(kind: ViolationKind, leaf: Enumerated<readonly VersionOutcome[]>, at: readonly number[], first: number): Fate[] {
  return ([0, 1] as const).flatMap((window) => {
    const present = at.map((version) => {
      const shown = leaf.result[version]?.shown.get(kind);
      return shown !== undefined && shown.window <= window ? shown : undefined;
    });
    const told = present.findLastIndex((shown) => shown?.window === window);
    return told < 0 ? [] : (fateOf(present, window, leaf, at, first) ?? []);
  });
}

function fateOf(
  present: readonly (Shown | undefined)[],
  window: 0 | 1,
  leaf: Enumerated<readonly VersionOutcome[]>,
  at: readonly number[],
  first: number,
): Fate | null {
  const last = present.length - 1;
  /** Told from the first of these versions that takes as many delayed stores. */
  const fate = (status: Status, patch: number, removedBy: number | null, told: readonly number[]): Fate | null => {
    const index = told.find((i) => present[i]?.window === window) ?? -1;
    const version = at[index] ?? 0;
    const shown = present[index];
    const outcome = leaf.result[version];
    return shown && outcome ? { setting: leaf.setting, status, patch, removedBy, version, window, shown, outcome } : null;
  };
  if (present[0] && present[last]) return fate('pre-existing', first, null, [last, 0]);
  if (present[last]) {
    let from = last;
    while (from > 0 && present[from - 1]) from--;
    return fate('introduced', from - 1, null, span(from, last));
  }
  if (present[0]) {
    const until = present.findIndex((shown) => !shown);
    return fate('fixed', until - 1, null, span(0, until - 1));
  }
  const from = present.findIndex((shown) => shown !== undefined);
  if (from < 0) return null;
  const until = present.findIndex((shown, i) => i > from && !shown);
  return fate('introduced', from - 1, until - 1, span(from, until - 1));
}

const span = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const known = (setting: Setting): Setting => new Map([...setting].filter(([axis]) => !axis.startsWith('?')));
const same = (a: Setting, b: Setting): boolean => a.size === b.size && [...a].every(([axis, value]) => b.get(axis) === value);

/** A finding must not hang on a guess: for some hardware it has to hold for every value of what the sources leave open. */
function holdsWhateverIsUnknown(setting: Setting, fates: readonly Fate[], all: readonly Setting[]): boolean {
  const hardware = known(setting);
  const alike = all.filter((other) => same(known(other), hardware));
  return alike.every((other) => fates.some((fate) => fate.setting === other));
}

const axesOf = (setting: Setting): Axes => Object.fromEntries([...setting].map(([axis, value]) => [axis.replace(/^\?/, ''), value]));

/**
 * Where something holds: one conjunction, that of `of` where given, which is true as it stands; and all alternatives where it takes more
 * than one to say everything.
 */
export function whereOf(holds: readonly Setting[], all: readonly Setting[], of?: Setting): { axes: Axes; where: Axes[] } {
  const found = cubes(holds, all);
  const own = found.find((cube) => of !== undefined && [...cube].every(([axis, value]) => of.get(axis) === value)) ?? found[0] ?? new Map();
  return { axes: axesOf(own), where: found.length > 1 ? found.map(axesOf) : [] };
}

/** The plainest story: fewest delayed stores, then fewest steps. */
function plainest(fates: readonly Fate[]): { fate: Fate; trace: ReturnType<Shown['trace']> } {
  const least = Math.min(...fates.map((fate) => fate.shown.window));
  const told = fates.filter((fate) => fate.shown.window === least).map((fate) => ({ fate, trace: fate.shown.trace() }));
  const [first] = told.sort((a, b) => a.trace.length - b.trace.length);
  if (!first) throw new Error('a finding without a run');
  return first;
}

function findingOf(
  kind: ViolationKind,
  fates: readonly Fate[],
  all: readonly Setting[],
  runs: ScenarioRuns,
  patches: readonly string[],
  review: string,
): Finding {
  const { fate, trace } = plainest(fates);
  const { spec } = runs.scenario;
  const { axes, where } = whereOf(
    fates.map((each) => each.setting),
    all,
    fate.setting,
  );
  const version = runs.versions[fate.version];
  const other = runs.versions[fate.version === 0 ? runs.versions.length - 1 : 0];
  const { violation } = fate.shown;
  const removedBy = fate.removedBy === null ? undefined : patches[fate.removedBy];
  return {
    id: findingId({
      review,
      status: fate.status,
      violation: kind,
      scenario: spec.scenario,
      axes: where.length === 0 ? axes : { ...axes, where: JSON.stringify(where) },
    }),
    status: fate.status,
    violation: kind,
    ...(violation.endsIn === null ? {} : { endsIn: violation.endsIn }),
    scenario: spec.scenario,
    arch: archName(spec.scenario, spec.arch),
    axes,
    where,
    setting: axesOf(fate.setting),
    patch: patches[fate.patch] ?? '',
    ...(removedBy === undefined ? {} : { removedBy }),
    summary: sentence(violation.why),
    // Who that would be: a variant's caller may be one that the kernel does not have.
    ...(spec.variantOf === undefined ? {} : { because: spec.about }),
    functions: version && other ? functionsOf(version, other, runs.touched, fate.outcome) : [],
    trace: trace.map((step) => traceStep(step)),
    cpuNames: Object.fromEntries([
      ...spec.explore.cpus.map((cpu, i) => [String(i), cpu.name] as const),
      [String(spec.explore.cpus.length), 'RCU callback'],
    ]),
    states: fate.shown.states,
    exhaustive: fate.shown.exhaustive,
    window: fate.shown.window,
  };
}

/** What a report calls the architecture of a scenario. */
export function archName(scenario: string, arch: string): string {
  const [family = arch] = scenario.split('/');
  // kvm-arm64 is one of its own; mm is code of every architecture, and ran on this one.
  return family.includes(arch) ? family : arch;
}

/** A name of the program keeps its spelling at the head of a sentence. */
const sentence = (text: string): string => (/^[a-z]+\s/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}.` : `${text}.`);

function traceStep(step: ReturnType<Shown['trace']>[number]): TraceStep {
  const [source, ...effect] = step.text.split('\n');
  const did = effect.join(' ');
  const place = step.at === null || step.at.line < 1 ? {} : { file: step.at.file, line: step.at.line, origin: step.at.origin };
  return {
    cpu: step.cpu,
    kind: step.kind,
    text: `${(source ?? '').replace(/\s+/g, ' ').trim()}${did === '' ? '' : `  (${did})`}`,
    ...place,
    ...(step.procedure === '' || step.procedure.startsWith('@') ? {} : { function: step.procedure }),
    mayActOn: step.may.map(({ cpu, what, values, because }) => ({ cpu, what, values: [...values], because })),
  };
}

/** Functions that the run entered, and where each came from. One that the patch changes counts as the mail's, even where it only takes away. */
function functionsOf(version: Version, other: Version, touched: ReadonlySet<string>, outcome: VersionOutcome): Finding['functions'] {
  const list: Finding['functions'][number][] = [];
  for (const name of outcome.procedures) {
    const procedure = version.program.procedures.get(name);
    if (!procedure || procedure.at.origin === 'scenario') continue;
    const otherText = other.reach.texts.get(name);
    // Taken away from: it is on both sides, differs, and stands in a file that the mail changes.
    const changed = otherText !== undefined && touched.has(procedure.at.file) && version.reach.texts.get(name) !== otherText;
    const fromPatch: SourceRef | undefined =
      procedure.at.origin === 'patch' ? procedure.at : procedure.code.find((instr) => instr.at.origin === 'patch')?.at;
    const from = fromPatch || changed ? 'patch' : procedure.at.origin === 'tree' ? 'tree' : 'skeleton';
    list.push({ name, from, file: procedure.at.file, line: fromPatch?.line ?? procedure.at.line });
  }
  const rank = { patch: 0, tree: 1, skeleton: 2 };
  return list.sort((a, b) => rank[a.from] - rank[b.from] || (a.name < b.name ? -1 : 1));
}

function conditionalNote(
  kind: ViolationKind,
  fates: readonly Fate[],
  all: readonly Setting[],
  runs: ScenarioRuns,
): { what: string; why: string } {
  const { axes, where } = whereOf(
    fates.map((fate) => fate.setting),
    all,
  );
  const unknowns = new Set(
    fates.flatMap((fate) => [...fate.setting.keys()].filter((axis) => axis.startsWith('?')).map((axis) => axis.slice(1))),
  );
  const when = (where.length === 0 ? [axes] : where)
    .map((cube) =>
      Object.entries(cube)
        .map(([axis, value]) => `${axis}=${String(value)}`)
        .join(' '),
    )
    .join(', or ');
  return {
    what: `value of ${[...unknowns].join(' and ')}`,
    why: `nothing that was run sets it; taken as 0 and as 1. ${runs.scenario.spec.scenario} ends in ${kind} only with ${when}`,
  };
}
