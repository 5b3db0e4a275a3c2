import type { ParsedDiff } from '../../analyzers/diff/types.js';
import { baseClues } from '../series/base.js';
import type { Assembly, Mail, PastedDiff, Patch, Series } from '../series/types.js';
import { type Report, type Review, SCHEMA } from '../report/schema.js';
import type { PatchInput, ReviewInput } from './input.js';
import type { Resources } from './resources.js';
import { review } from './review.js';

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

function seriesInput(series: Series): ReviewInput {
  const { title, version, problems } = series;
  return {
    kind: 'series',
    title,
    version,
    patches: series.patches.map(patchInput),
    ordinal: 1,
    onTop: null,
    base: baseClues(
      mailsOf(series),
      series.patches.map((patch) => patch.diff),
    ),
    problems: [...problems, ...series.patches.flatMap((patch) => (patch.via.kind === 'quoted' ? [] : patch.mail.problems))],
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
    onTop: below,
    base: baseClues([mail, ...(answered ? mailsOf(answered) : [])], [...(answered?.patches.map((each) => each.diff) ?? []), diff]),
  };
}

/** What there is to review: one input for each version of a series (once, if it was sent twice), one for each pasted diff. */
export const inputsOf = (assembly: Assembly): ReviewInput[] => [
  ...assembly.series.filter((series) => series.repeats === null).map(seriesInput),
  ...assembly.pasted.map((pasted) => pastedInput(pasted, assembly.series)),
];

/** Reviews everything that a source holds, on skeletons. */
export const reviewAssembly = (resources: Resources, source: string, assembly: Assembly): Report =>
  reportOf(
    resources.version,
    source,
    assembly,
    inputsOf(assembly).map((input) => review(resources, input, null)),
  );

export function reportOf(version: string, source: string, assembly: Assembly, reviews: readonly Review[]): Report {
  const problems = tally(assembly.rejected.map(({ subject, why }) => (subject === '' ? why : `"${subject}": ${why}`)));
  return { schema: SCHEMA, tool: { name: 'faultline', version }, source, reviews: [...reviews], problems };
}

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
