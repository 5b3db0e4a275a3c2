import { harmless } from '../report/text.js';
import type { Prerequisite } from '../series/stated.js';
import { nameOf } from '../series/subject.js';
import type { ListedPatch, ListedSeries, Listing } from './types.js';

const DETAIL = '    ';

/** Series as text: a line for each, and below it what is missing. With `full` also patches, trailers and what has to be applied first. */
export function renderListing({ series, proposals, problems }: Listing, full: boolean): string {
  const lines = series.flatMap((entry) => [headLine(entry), ...(full ? details(entry) : shortDetails(entry))]);
  for (const { subject, from, messageId, about } of proposals) {
    lines.push(`a diff in a reply of ${who(from)}: ${harmless(subject, 200)}  <${harmless(messageId, 200)}>`);
    if (about !== null) lines.push(`${DETAIL}about <${harmless(about, 200)}>`);
  }
  if (problems.length > 0) lines.push('Nothing to review in:');
  for (const { subject, messageId, why } of problems) {
    const name = [subject === '' ? '' : `"${harmless(subject, 200)}"`, messageId === null ? '' : `<${harmless(messageId, 200)}>`];
    lines.push(`${DETAIL}${[...name.filter((part) => part !== ''), ''].join(': ')}${harmless(why)}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function headLine({ sent, version, prefixes, patches, total, title, from, messageId }: ListedSeries): string {
  const day = sent === null ? 'no date   ' : new Date(sent).toISOString().slice(0, 10);
  const have = new Set(patches.map((patch) => patch.number)).size;
  const marks = [`v${version}`, ...prefixes.map((prefix) => harmless(prefix, 30)), `${have}/${total}`];
  return `${day}  ${marks.join(' ')}  ${harmless(title, 200)}  (${who(from)})  <${harmless(messageId, 200)}>`;
}

function shortDetails({ problems }: ListedSeries): readonly string[] {
  return problems.map((problem) => `${DETAIL}${harmless(problem)}`);
}

function details(series: ListedSeries): readonly string[] {
  const { said } = series;
  const lines = series.patches.flatMap((patch) => patchLines(patch, series.total));
  if (said) {
    if (said.baseCommit !== null) lines.push(`base: ${harmless(said.baseCommit, 64)}`);
    if (said.changeId !== null) lines.push(`change-id: ${harmless(said.changeId, 200)}`);
    for (const prerequisite of said.prerequisites) lines.push(`needs ${needed(prerequisite)}`);
  }
  return [...lines.map((line) => `${DETAIL}${line}`), ...shortDetails(series)];
}

function patchLines({ number, title, messageId, quotedBy, earlier, trailers = [] }: ListedPatch, total: number): readonly string[] {
  const via = quotedBy !== null ? ', from a quote' : earlier !== null ? `, of v${earlier}` : '';
  const given = trailers.filter((trailer) => trailer.by !== null);
  return [
    `${number}/${total}${via}  ${harmless(title, 200)}  <${harmless(messageId, 200)}>`,
    ...given.map(({ name, value }) => `${DETAIL}${harmless(name, 60)}: ${harmless(value, 200)}`),
  ];
}

function needed(prerequisite: Prerequisite): string {
  const id = harmless(prerequisite.id, 200);
  switch (prerequisite.kind) {
    case 'patch-id':
      return `the patch with the patch-id ${id}`;
    case 'message-id':
      return `<${id}>`;
    case 'change-id':
      return `the series ${id}${prerequisite.version === null ? '' : ` v${prerequisite.version}`}`;
  }
}

function who(from: string): string {
  const name = harmless(nameOf(from), 60);
  return name === '' ? 'nobody' : name;
}
