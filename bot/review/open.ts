import type { Finding, Review } from '../report/schema.js';
import { decideVerdict } from '../report/verdict.js';
import type { Base } from '../tree/bases.js';
import { configNotes } from './config-notes.js';
import type { PatchInput, ReviewInput } from './input.js';
import { mergeNotes } from './merge-notes.js';
import { type Plan, planReview } from './plan.js';
import { flushWords, flushWordsAround } from './relevance.js';
import type { Resources } from './resources.js';
import { planOnSkeletons } from './skeletons.js';
import { faultText } from './fault-text.js';
import { functionsNotRun } from './functions-not-run.js';
import { identityOf } from './identity.js';
import { type LeftOut, leftOut } from './left-out.js';
import type { ScenarioReview } from './scenario-review.js';
import { keyOf } from './unseen-calls.js';
import { superfluous } from './superfluous.js';
import { whatItTakes } from './what-it-takes.js';

type Gathered = { -readonly [K in 'findings' | 'counts' | 'ran' | 'notModelled' | 'safeBecause']: Review[K][number][] };

/** What can be said of a review before anything has run. Data, like all that threads send each other. */
export interface Opened {
  /** The code before, for people. */
  readonly base: string;
  /** What was looked at to find it. */
  readonly tried: Review['baseTried'];
  /** Patches that a pasted diff goes on top of. */
  readonly on: string | null;
  /** Why the patches could not be applied, where nobody foresaw that. */
  readonly error: string | null;
  readonly notes: readonly string[];
  /** By message-id: words of flush or fault logic in what the patch changes. */
  readonly flush: ReadonlyMap<string, readonly string[]>;
  /** Flush or fault logic that found no place in the code at hand. */
  readonly leftOut: readonly LeftOut[];
}

/** Applies the patches. No plan: that was not possible. */
export function openReview(
  resources: Resources,
  input: ReviewInput,
  of: Base | null,
): { readonly opened: Opened; readonly plan: Plan | null } {
  const standIns = (version: string): string => `our own stand-ins for a kernel of about ${version} (no tree at hand)`;
  let base = of?.name ?? standIns(resources.skeletons[0]?.version ?? '');
  const tried = of?.tried ?? [];
  const flush = new Map(input.patches.map((patch) => [patch.messageId, flushWords(resources, patch.files)]));
  const repairs = input.patches.flatMap((patch) => patch.repairs.map(({ what }) => `${patchName(patch, input)}: ${what}`));
  const notes = [...input.problems, ...(of?.notes ?? []), ...repairs];
  try {
    const chosen = of === null ? planOnSkeletons(resources.skeletons, input) : null;
    if (chosen !== null) base = standIns(chosen.version);
    const plan = chosen?.plan ?? planReview(of?.source ?? resources.skeleton, input, of?.blobs);
    const merges = plan.steps.flatMap((step, i) => [...mergeNotes(step, input, i, of), ...configNotes(step, input, i)]);
    return {
      opened: {
        base,
        tried,
        on: plan.on,
        error: null,
        notes: [...notes, ...firstNotes(plan, input), ...merges],
        flush,
        leftOut: leftOut(resources, input, plan.steps),
      },
      plan,
    };
  } catch (thrown) {
    return { opened: { base, tried, on: null, error: faultText(thrown), notes, flush, leftOut: [] }, plan: null };
  }
}

/** Ends a review: `parts` is what came of each scenario, in the order of the scenarios. */
export function conclude(resources: Resources, input: ReviewInput, opened: Opened, parts: readonly ScenarioReview[]): Review {
  const { base, tried, on, notes, flush } = opened;
  const out: Gathered = {
    findings: [],
    counts: [],
    ran: [],
    notModelled: input.patches.flatMap((patch) => unread(patch, input)),
    safeBecause: [],
  };
  const known: string[] = [];
  const chosen: Review['selection']['reached'][number][] = [];
  let { error } = opened;
  let conclusive = 0;
  const cameTo = new Set(parts.flatMap((part) => (part.k === 'reached' ? part.cameTo : [])));
  const gone = new Set(parts.flatMap((part) => (part.k === 'reached' ? part.code.ways : [])));
  const seen = new Set(parts.flatMap((part) => (part.k === 'reached' ? part.seenCalls : [])));
  let open = parts.some((part) => part.k === 'reached' && part.open);
  if (error !== null) out.notModelled.push({ what: 'this review', why: error });
  parts.forEach((part, i) => {
    const scenario = resources.scenarios[i]?.spec;
    if (part.k === 'failed') {
      error ??= part.why;
      out.notModelled.push({ what: scenario?.scenario ?? 'a scenario', why: part.why });
    }
    if (part.k !== 'reached') return;
    conclusive += part.conclusive;
    if (scenario && part.ran.length > 0) chosen.push({ scenario: scenario.scenario, changed: [...part.changed] });
    out.findings.push(...part.findings.filter((finding) => !toldAlready(finding, scenario?.variantOf, out.findings)));
    out.counts.push(...part.counts);
    out.ran.push(...part.ran);
    out.notModelled.push(...part.notModelled);
    // What another scenario runs is no loss.
    const passedBy = part.passedBy.filter((name) => !cameTo.has(name));
    if (passedBy.length > 0) {
      open = true;
      out.notModelled.push(passed(passedBy, scenario?.scenario ?? 'a scenario'));
    }
    const idle = part.code.idle.filter(({ ways }) => !ways.some((way) => gone.has(way)));
    if (idle.length > 0) open = true;
    out.notModelled.push(...idle.map(({ procedure, why }) => ({ what: `${procedure}()`, why })));
    for (const call of part.unseenCalls) {
      if (seen.has(keyOf(call))) continue;
      open = true;
      out.notModelled.push({
        what: `${call.name}() in ${call.procedure}()`,
        why: `the patches take it away or move it, and the machine leaves it out: it ${call.why}`,
      });
    }
    out.safeBecause.push(...part.safeBecause);
    known.push(...part.known);
  });
  const added = parts.flatMap((part) => (part.k === 'reached' ? part.added : []));
  out.findings.push(...superfluous(added, identityOf(input)));
  const unrun = notRun(input, opened, parts).flatMap((patch) => unreached(resources, patch, flush.get(patch.messageId) ?? []));
  // Of a patch that no scenario runs that is said already.
  const partly = opened.leftOut.map(({ row }) => row).filter(({ what }) => !unrun.some((row) => row.what === what));
  const told = new Set([...cameTo, ...opened.leftOut.flatMap(({ functions }) => functions)]);
  const passedOver = input.patches
    .filter(({ subject }) => !unrun.some(({ what }) => what === subject))
    .flatMap((patch) => (out.ran.length > 0 ? functionsNotRun(resources, patch, told) : []));
  out.notModelled = distinct([...out.notModelled, ...unrun, ...partly, ...passedOver]);
  const empty = input.patches.every((patch) => patch.files.length === 0);
  const relevant = [...flush.values()].some((words) => words.length > 0) || out.ran.length > 0;
  // The patches that are missing may be those that all is about.
  const around = relevant || input.missing === null ? [] : input.patches.flatMap(({ files }) => flushWordsAround(resources, files));
  if (input.missing !== null && around.length > 0)
    out.notModelled.push({
      what: 'the series',
      why: `${input.missing}; what is at hand stands in or beside ${[...new Set(around)].slice(0, 3).join(', ')}, and changes no flush or fault logic itself`,
    });
  const unreadable = empty && input.patches.some((patch) => patch.problems.length > 0) ? 'no part of the diff could be read' : null;
  out.findings.sort(weightiestFirst);
  const verdict = decideVerdict({
    findings: out.findings,
    ran: conclusive > 0 && !open ? out.ran : [],
    whole: unrun.length === 0 && partly.length === 0 && passedOver.length === 0,
    notModelled: out.notModelled,
    relevant: relevant || around.length > 0,
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
    base: `${base}${on === null ? '' : `, with ${on}`}`,
    baseTried: tried,
    ...out,
    notes: [...notes, ...known],
    selection: { reached: chosen, others: othersOf(resources, chosen, parts) },
    unaffected: [],
    versions: [],
    earlier: [],
  };
  const first = input.patches[0]?.messageId ?? '';
  return input.kind === 'pasted' ? { kind: 'pasted', patch: first, ordinal: input.ordinal, ...fields } : { kind: 'series', ...fields };
}

/** Patches with flush or fault logic that no scenario runs. What a scenario that failed would have reached is not known. */
export function notRun(input: ReviewInput, { error, flush }: Opened, parts: readonly ScenarioReview[]): PatchInput[] {
  if (error !== null || parts.some(({ k }) => k === 'failed')) return [];
  const reached = new Set(parts.flatMap((part) => (part.k === 'reached' ? part.reachedBy : [])));
  return input.patches.filter(({ messageId }) => !reached.has(messageId) && (flush.get(messageId) ?? []).length > 0);
}

/** How many scenarios of the architectures that are reached run nothing of the change. */
function othersOf(resources: Resources, chosen: Review['selection']['reached'], parts: readonly ScenarioReview[]): number {
  // Scenarios are read when they are first asked for, and most mails have nothing to do with any.
  if (chosen.length === 0) return 0;
  const { scenarios } = resources;
  const names = new Set(chosen.map(({ scenario }) => scenario));
  const arches = new Set(scenarios.flatMap(({ spec }) => (names.has(spec.scenario) ? [spec.arch] : [])));
  return scenarios.filter(({ spec }, i) => arches.has(spec.arch) && (parts[i]?.k ?? 'not-reached') === 'not-reached').length;
}

/** Which prerequisites the code before has in it. */
function firstNotes({ first }: Plan, input: ReviewInput): string[] {
  return input.first.map(({ subject }, i) => {
    const step = first[i];
    const partly = step?.merges.some((file) => file.kind === 'refused' || (file.kind === 'merged' && file.refused.length > 0)) === true;
    return `prerequisite "${subject}" ${step?.changed !== true ? 'does not apply' : partly ? 'was applied first, in part only' : 'was applied first'}`;
  });
}

const patchName = (patch: PatchInput, input: ReviewInput): string =>
  input.kind === 'pasted' ? 'the pasted diff' : `patch ${String(patch.index)}`;

function passed(procedures: readonly string[], scenario: string): Review['notModelled'][number] {
  const names = procedures.slice(0, NAMED).map((each) => `${each}()`);
  const more = procedures.length > NAMED ? ', …' : '';
  return { what: `${names.join(', ')}${more} in ${scenario}`, why: 'the patches change it, and no run comes to it' };
}

const NAMED = 4;

const unread = (patch: PatchInput, input: ReviewInput): Review['notModelled'] =>
  patch.problems.map(({ line, what }) => ({ what: `part of ${patchName(patch, input)}`, why: `line ${String(line)}: ${what}` }));

/** A variant's finding that its model has in the same words. */
function toldAlready(finding: Finding, model: string | undefined, told: readonly Finding[]): boolean {
  const words = ({ status, violation, axes, where, patch }: Finding): string => JSON.stringify([status, violation, axes, where, patch]);
  return told.some((other) => other.scenario === model && words(other) === words(finding));
}

const RANK: Readonly<Record<Finding['status'], number>> = { introduced: 0, 'pre-existing': 1, fixed: 2, superfluous: 3 };

export const weightiestFirst = (a: Finding, b: Finding): number => RANK[a.status] - RANK[b.status];

function distinct(rows: readonly Review['notModelled'][number][]): Review['notModelled'][number][] {
  return [...new Map(rows.map((row) => [`${row.what}\0${row.why}`, row])).values()];
}

/** Says of a patch with flush logic in it what no scenario ran. */
function unreached(resources: Resources, patch: PatchInput, flush: readonly string[]): Review['notModelled'] {
  if (flush.length === 0) return [];
  const files = patch.files.map((file) => file.newPath ?? file.oldPath ?? '').filter((path) => path !== '');
  // A file that is about nothing else is named already.
  const words = flush.filter((word) => !files.includes(word));
  const where = files.slice(0, 4).join(', ') + (files.length > 4 ? ', …' : '');
  const which = words.length === 0 ? '' : ` (${words.slice(0, 6).join(', ')}${words.length > 6 ? ', …' : ''})`;
  const why = `no scenario runs what it changes in ${where}${which}`;
  return [{ what: patch.subject, why: [why, ...whatItTakes(resources, files, flush)].join('; ') }];
}
