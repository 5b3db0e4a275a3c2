import { includeClosure } from '../../analyzers/program/closure.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import type { DiffProblem, DiffRepair, FileDiff } from '../../analyzers/diff/types.js';
import type { Blobs } from '../../analyzers/merge/types.js';
import type { StatedBase } from '../series/base.js';
import type { Base } from '../tree/bases.js';
import { reviewIdentity } from '../report/id.js';
import type { Finding, Review } from '../report/schema.js';
import { decideVerdict } from '../report/verdict.js';
import { countsOf } from './count-differences.js';
import { archName, judge } from './findings.js';
import { mergeNotes } from './merge-notes.js';
import { missingFor, rewrites } from './partial.js';
import { flushWords } from './relevance.js';
import type { Resources } from './resources.js';
import { whySafe } from './safe-because.js';
import { runVersions, sameCode, type ScenarioRuns, type Version, type VersionOutcome, versionOf } from './scenario-runs.js';
import { TooManyUnknowns } from './settings.js';
import { applyPatches, type Step } from './versions.js';

/** One patch, ready to be applied. */
export interface PatchInput {
  readonly index: number;
  readonly subject: string;
  readonly messageId: string;
  readonly files: readonly FileDiff[];
  readonly problems: readonly DiffProblem[];
  readonly repairs: readonly DiffRepair[];
}

export interface ReviewInput {
  readonly kind: 'series' | 'pasted';
  readonly title: string;
  readonly version: number;
  readonly patches: readonly PatchInput[];
  /** For a pasted diff: which one of its mail. */
  readonly ordinal: number;
  readonly problems: readonly string[];
  /** For a pasted diff: the patches up to the one it answers, which it may be meant to go on top of. */
  readonly onTop: { readonly name: string; readonly patches: readonly PatchInput[] } | null;
  /** What the mails say of the code they are made for. */
  readonly base: StatedBase | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface Gathered {
  /** Runs whose silence says something. */
  conclusive: number;
  findings: Finding[];
  counts: Review['counts'][number][];
  ran: Review['ran'][number][];
  notModelled: Review['notModelled'][number][];
  notes: string[];
  safeBecause: Review['safeBecause'][number][];
  unaffected: string[];
}

/** Applies the patches one by one, runs every scenario that they change, and compares. Pure but for the clock: the same input gives the same findings. */
export function review(resources: Resources, input: ReviewInput, base: Base | null): Review {
  const out: Gathered = { conclusive: 0, findings: [], counts: [], ran: [], notModelled: [], notes: [], safeBecause: [], unaffected: [] };
  out.notes.push(...input.problems, ...(base?.notes ?? []));
  let error: string | null = null;
  let on: string | null = null;
  const flush = new Map<string, readonly string[]>(
    input.patches.map((patch) => [patch.messageId, flushWords(resources.catalog, patch.files)]),
  );
  for (const patch of input.patches) describeInput(patch, input, out);
  try {
    const based = stepsOf(base?.source ?? resources.skeleton, input, base?.blobs);
    on = based.on;
    const { steps } = based;
    steps.forEach((step, i) => {
      out.notes.push(...mergeNotes(step, input, i, base));
    });
    const reached = runScenarios(resources, input, steps, out);
    for (const patch of input.patches)
      noteUnreached(patch, flush.get(patch.messageId) ?? [], reached.get(patch.messageId) ?? new Set(), out);
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
    out.notModelled.push({ what: 'this review', why: `stopped by a fault in faultline: ${error}. Please report it with the mail.` });
  }
  const { conclusive, ...gathered } = out;
  const empty = input.patches.every((patch) => patch.files.length === 0);
  const relevant = [...flush.values()].some((words) => words.length > 0) || out.ran.length > 0;
  const unreadable = empty && input.patches.some((patch) => patch.problems.length > 0) ? 'no part of the diff could be read' : null;
  out.findings.sort((a, b) => RANK[a.status] - RANK[b.status]);
  const verdict = decideVerdict({
    findings: out.findings,
    ran: conclusive > 0 ? out.ran : [],
    notModelled: out.notModelled,
    relevant,
    error: error ?? unreadable,
  });
  const series = {
    title: input.title,
    version: input.version,
    patches: input.patches.map(({ index, subject, messageId }) => ({ index, subject, messageId })),
  };
  const fields = {
    series,
    verdict,
    base: `${base?.name ?? 'our own stand-ins for a kernel of about v6.8 (no tree at hand)'}${on === null ? '' : `, with ${on}`}`,
    ...gathered,
  };
  const first = input.patches[0]?.messageId ?? '';
  return input.kind === 'pasted' ? { kind: 'pasted', patch: first, ordinal: input.ordinal, ...fields } : { kind: 'series', ...fields };
}

/** A diff that was pasted on top of the patch it answers fits that better than it fits the code before. */
function stepsOf(tree: SourceTree, input: ReviewInput, blobs?: Blobs): { readonly steps: readonly Step[]; readonly on: string | null } {
  const refused = (steps: readonly Step[]): number =>
    steps
      .flatMap((step) => step.merges)
      .reduce((sum, file) => sum + (file.kind === 'refused' ? 1 : file.kind === 'merged' ? file.refused.length : 0), 0);
  const plain = applyPatches(tree, input.patches, blobs);
  if (input.onTop === null || refused(plain) === 0) return { steps: plain, on: null };
  const below = applyPatches(tree, input.onTop.patches, blobs).at(-1)?.after ?? tree;
  const onTop = applyPatches(below, input.patches, blobs);
  return refused(onTop) < refused(plain) ? { steps: onTop, on: input.onTop.name } : { steps: plain, on: null };
}

const patchName = (patch: PatchInput, input: ReviewInput): string =>
  input.kind === 'pasted' ? 'the pasted diff' : `patch ${String(patch.index)}`;

function describeInput(patch: PatchInput, input: ReviewInput, out: Gathered): void {
  for (const repair of patch.repairs) out.notes.push(`${patchName(patch, input)}: ${repair.what}`);
  for (const problem of patch.problems)
    out.notModelled.push({ what: `part of ${patchName(patch, input)}`, why: `line ${String(problem.line)}: ${problem.what}` });
}

/** Runs the scenarios whose code differs between two steps. Returns, by patch, the names of reached code that it changes. */
function runScenarios(resources: Resources, input: ReviewInput, steps: readonly Step[], out: Gathered): Map<string, Set<string>> {
  const reached = new Map<string, Set<string>>();
  const identity = reviewIdentity(
    input.kind === 'pasted'
      ? { kind: 'pasted', patch: input.patches[0]?.messageId ?? '', ordinal: input.ordinal }
      : { kind: 'series', series: { title: input.title, version: input.version, patches: [...input.patches] } },
  );
  const touched = new Set(steps.flatMap((step) => step.merges).flatMap((file) => (file.kind === 'refused' ? [] : [file.path])));
  for (const scenario of resources.scenarios) {
    const first = steps[0];
    const last = steps.at(-1);
    if (!first || !last || !steps.some((step) => step.changed) || outOfReach(scenario, first.before, last.after, steps)) continue;
    const size = scenario.spec.explore;
    // One version a step; steps that leave what the scenario runs as it was share one.
    const versions: Version[] = [versionOf(resources, first.before, scenario, size)];
    const at = [0];
    steps.forEach((step, i) => {
      const before = versions[at[i] ?? 0];
      const version = before && touches(step, before) ? versionOf(resources, step.after, scenario, size) : before;
      if (!before || !version || sameCode(before, version)) {
        at.push(at[i] ?? 0);
        return;
      }
      const id = input.patches[i]?.messageId ?? '';
      const names = reached.get(id) ?? new Set<string>();
      for (const name of changed(before, version)) names.add(name);
      reached.set(id, names);
      versions.push(version);
      at.push(versions.length - 1);
    });
    const only = versions[0];
    if (versions.length === 1 && !(only && input.patches.some((patch, i) => rewrites(patch, steps[i], only)))) continue;
    runScenario(resources, input, identity, { scenario, versions, touched }, at, steps, out);
  }
  return reached;
}

/** No patch touches a file that the scenario could be compiled from, nor renames anything there. */
function outOfReach(scenario: Scenario, before: SourceTree, after: SourceTree, steps: readonly Step[]): boolean {
  const { files, arch } = scenario.spec;
  const read = new Set([before, after].flatMap((tree) => [...includeClosure(tree, files, arch)]));
  const names = steps.flatMap((step) => step.merges).flatMap((file) => (file.kind === 'merged' ? file.renames.map(([mail]) => mail) : []));
  const renamed = (path: string): boolean => names.some((name) => after.read(path)?.text.includes(name) === true);
  return !steps.some((step) => step.merges.some((file) => read.has(file.path))) && ![...read].some(renamed);
}

/** Whether a step changes a file that the scenario is made of. */
const touches = (step: Step, version: Version): boolean =>
  step.merges.some((file) => file.kind !== 'refused' && (version.read.has(file.path) || renames(file)));
const renames = (file: Step['merges'][number]): boolean => file.kind === 'merged' && file.renames.length > 0;

const changed = (before: Version, after: Version): string[] =>
  [...new Set([...before.reach.texts.keys(), ...after.reach.texts.keys()])].filter(
    (name) => before.reach.texts.get(name) !== after.reach.texts.get(name),
  );

function runScenario(
  resources: Resources,
  input: ReviewInput,
  identity: string,
  of: Omit<ScenarioRuns, 'leaves'>,
  at: readonly number[],
  steps: readonly Step[],
  out: Gathered,
): void {
  const { scenario, versions } = of;
  const name = scenario.spec.scenario;
  let runs: ScenarioRuns;
  try {
    runs = runVersions(resources, of);
  } catch (error) {
    if (!(error instanceof TooManyUnknowns)) throw error;
    out.notModelled.push({ what: name, why: error.message });
    return;
  }
  const patches = input.patches.map((patch) => patch.messageId);
  const partial = input.patches.map((patch, i) => missingFor(patch, steps[i], versions));
  const judged = judge(runs, at, patches, partial, identity);
  out.findings.push(...judged.findings.filter((finding) => !toldAlready(finding, scenario.spec.variantOf, out.findings)));
  out.notModelled.push(...judged.conditional);
  const last = at.at(-1) ?? 0;
  const rows = new Map<VersionOutcome, { settings: number }>();
  const whole = partial.every((missing) => missing === null);
  for (const leaf of runs.leaves) {
    const outcome = leaf.result[last];
    if (!outcome) continue;
    const sameCalls = leaf.result[0]?.unknown.size === outcome.unknown.size;
    if (whole && sameCalls && outcome.stuck.length === 0 && leaf.result[0]?.stuck.length === 0) out.conclusive++;
    const told = rows.get(outcome);
    if (told) {
      told.settings++;
      continue;
    }
    const axes = Object.fromEntries([...outcome.used].map(([axis, value]) => [axis.replace(/^\?/, ''), value]));
    const { full } = outcome;
    const shown = [...outcome.shown.keys()].join(', ');
    const row = {
      scenario: name,
      axes,
      states: full.states,
      ms: Math.round(full.ms),
      settings: 1,
      window: full.window,
      exhaustive: full.stopped === null,
      outcome: shown === '' ? 'silent' : shown,
    };
    rows.set(outcome, row);
    out.ran.push(row);
    if (full.stopped !== null)
      out.notModelled.push({
        what: `${name} in full`,
        why: `the run was stopped after ${full.stopped}; what it did not reach is not known`,
      });
    for (const why of outcome.stuck) out.notModelled.push({ what: `some runs of ${name}`, why });
  }
  for (const call of new Set(runs.leaves.flatMap((leaf) => [...(leaf.result[last]?.unknown ?? [])])))
    out.notModelled.push({
      what: `${call}() in ${name}`,
      why: 'neither a body in the sources at hand nor a row in the catalog; passed over',
    });
  for (const [call, why] of new Map(runs.leaves.flatMap((leaf) => [...(leaf.result[last]?.dropped ?? [])])))
    out.notModelled.push({ what: `${call}() in ${name}`, why });
  const before = versions[0];
  const after = versions[last];
  if (!before || !after) return;
  out.counts.push(...countsOf(resources, scenario, before, after, archName(name, scenario.spec.arch), out.notModelled));
  out.safeBecause.push(...whySafe(resources, runs, last));
  dedupe(out);
}

/** A variant's finding that its model has in the same words. */
function toldAlready(finding: Finding, model: string | undefined, told: readonly Finding[]): boolean {
  const words = ({ status, violation, axes, where, patch }: Finding): string => JSON.stringify([status, violation, axes, where, patch]);
  return told.some((other) => other.scenario === model && words(other) === words(finding));
}

const RANK: Readonly<Record<Finding['status'], number>> = { introduced: 0, 'pre-existing': 1, fixed: 2, superfluous: 3 };

function dedupe(out: Mutable<Gathered>): void {
  const seen = new Set<string>();
  out.notModelled = out.notModelled.filter(({ what, why }) => {
    const key = `${what}\0${why}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Says of a patch with flush logic in it what no scenario ran. */
function noteUnreached(patch: PatchInput, flush: readonly string[], reached: ReadonlySet<string>, out: Gathered): void {
  if (flush.length === 0) return;
  if (reached.size > 0) return;
  const files = patch.files.map((file) => file.newPath ?? file.oldPath ?? '').filter((path) => path !== '');
  const words = flush.slice(0, 6).join(', ');
  out.notModelled.push({
    what: patch.subject,
    why: `no scenario runs what it changes in ${files.slice(0, 4).join(', ')}${files.length > 4 ? ', …' : ''} (${words}${flush.length > 6 ? ', …' : ''})`,
  });
}
