import type { ParsedDiff } from '../../analyzers/diff/types.js';
import { baseClues } from '../series/base.js';
import { prerequisitesOf, prerequisiteText } from '../series/prerequisites.js';
import { missingPatches } from '../series/problems.js';
import type { Assembly, Mail, PastedDiff, Patch, Series } from '../series/types.js';
import { type Report, type Review, SCHEMA } from '../report/schema.js';
import type { PatchInput, ReviewInput } from './input.js';

/** What a review needs of a mail with a diff. */
const patchOf = (index: number, { subject, messageId }: Mail, { files, problems, repairs }: ParsedDiff): PatchInput => ({
  index,
  subject,
  messageId,
  files,
  problems,
  repairs,
});

const patchInput = (patch: Patch): PatchInput => patchOf(patch.index, patch.mail, patch.diff);

const mailsOf = (series: Series): readonly Mail[] => [
  ...(series.cover ? [series.cover] : []),
  ...series.patches.map((patch) => patch.mail),
];

function seriesInput(series: Series, pool: readonly Series[]): ReviewInput {
  const { title, version, problems } = series;
  const { patches: first, missing } = prerequisitesOf(series, pool);
  const lacking = missing.map((each) => `${prerequisiteText(each)}, which the series says comes before it, is not at hand; ingest it`);
  return {
    kind: 'series',
    title,
    version,
    patches: series.patches.map(patchInput),
    ordinal: 1,
    missing: missingPatches(series.patches, series.total),
    onTop: null,
    first: first.map(patchInput),
    base: baseClues(
      mailsOf(series),
      [...first, ...series.patches].map((patch) => patch.diff),
    ),
    problems: [...problems, ...lacking, ...series.patches.flatMap((patch) => (patch.via.kind === 'quoted' ? [] : patch.mail.problems))],
  };
}

function pastedInput(pasted: PastedDiff, series: readonly Series[]): ReviewInput {
  const { mail, diff, ordinal, about } = pasted;
  const answered = series.find((each) => each.patches.some((patch) => patch.mail.messageId === about?.messageId));
  const upTo = answered?.patches.findIndex((patch) => patch.mail.messageId === about?.messageId) ?? -1;
  const below =
    answered && upTo >= 0
      ? {
          name: `patch ${String(answered.patches[upTo]?.index ?? 1)} of the series below it`,
          patches: answered.patches.slice(0, upTo + 1).map(patchInput),
        }
      : null;
  const patch = patchOf(1, mail, diff);
  return {
    kind: 'pasted',
    title: mail.subject,
    version: about?.version ?? 1,
    patches: [patch],
    ordinal,
    problems: mail.problems,
    missing: null,
    onTop: below,
    first: (answered ? prerequisitesOf(answered, series).patches : []).map(patchInput),
    base: baseClues([mail, ...(answered ? mailsOf(answered) : [])], [...(answered?.patches.map((each) => each.diff) ?? []), diff]),
  };
}

/**
 * What there is to review: one input for each version of a series (once, if it was sent twice), one for each pasted diff. Prerequisites are
 * looked for in the source, and in `others`.
 */
export const inputsOf = (assembly: Assembly, others: readonly Series[] = []): ReviewInput[] => [
  ...assembly.series.filter((series) => series.repeats === null).map((series) => seriesInput(series, [...assembly.series, ...others])),
  ...assembly.pasted.map((pasted) => pastedInput(pasted, [...assembly.series, ...others])),
];

export function reportOf(version: string, source: string, assembly: Assembly, reviews: readonly Review[]): Report {
  const problems = tally(assembly.rejected.map(({ subject, why }) => (subject === '' ? why : `"${short(subject)}": ${why}`)));
  return { schema: SCHEMA, tool: { name: 'faultline', version }, source, reviews: [...reviews], problems };
}

const LONGEST_SUBJECT = 200;

/** A subject of any length must leave room for the reason. */
const short = (subject: string): string => (subject.length <= LONGEST_SUBJECT ? subject : `${subject.slice(0, LONGEST_SUBJECT)}...`);

const MAX_PROBLEMS = 1000;

/** Equal sentences once, with their number; a source of millions of odd lines must not make a report of as many. */
function tally(sentences: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const sentence of sentences) times.set(sentence, (times.get(sentence) ?? 0) + 1);
  const all = [...times].map(([sentence, n]) => (n === 1 ? sentence : `${sentence} (${n} times)`));
  return all.length <= MAX_PROBLEMS
    ? all
    : [...all.slice(0, MAX_PROBLEMS), `and ${all.length - MAX_PROBLEMS} more parts that could not be read`];
}
