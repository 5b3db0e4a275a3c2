import { Readable } from 'node:stream';
import { initC } from '../../../analyzers/c/parser.js';
import { loadMails } from '../../ingest/mails.js';
import { nodeIo } from '../../ingest/source.js';
import type { Axes, Finding, Report, Review } from '../../report/schema.js';
import { assemble } from '../../series/assemble.js';
import type { Assembly } from '../../series/types.js';
import { reviewAssembly } from '../review.js';
import { loadResources, type Resources } from '../resources.js';

let resources: Resources | null = null;

/** Reviews an mbox given as text, the way the command does. */
export async function reviewText(mbox: string): Promise<Report> {
  await initC();
  resources ??= loadResources();
  return reviewAssembly(resources, '-', await assemblyOf(mbox));
}

/** What an mbox holds that is given as text. */
export async function assemblyOf(mbox: string): Promise<Assembly> {
  const { mails, rejected } = await loadMails('-', { ...nodeIo, stdin: () => bytes(mbox) });
  const assembly = assemble(mails);
  return { ...assembly, rejected: [...rejected, ...assembly.rejected] };
}

const bytes = (text: string): AsyncIterable<Uint8Array> => Readable.from([Buffer.from(text, 'utf8')]);

/** `lost-update>unhandled-fault` where one leads to the other. */
const violationOf = (finding: Finding): string =>
  `${finding.violation ?? 'nothing'}${finding.endsIn === undefined ? '' : `>${finding.endsIn}`}`;

const axesText = (axes: Axes): string =>
  Object.entries(axes)
    .map(([name, value]) => `${name}=${typeof value === 'boolean' ? Number(value) : value}`)
    .sort()
    .join(' ');

/** Where a finding holds, in one order. */
export const placesOf = (finding: Finding): string[] => (finding.where.length > 0 ? finding.where : [finding.axes]).map(axesText).sort();

/** What a review says, without what may change with an edit that keeps the meaning: ids, names, lines, the way a trace is told. */
export const essence = (review: Review): readonly string[] =>
  review.findings
    .map(
      (finding) =>
        `${finding.status} ${violationOf(finding)} in ${finding.scenario} with ${placesOf(finding).join(' | ') || 'every setting'}`,
    )
    .sort();

/** Findings in short, for tables: `introduced lost-update>unhandled-fault (new-vmalloc-mapping)`. */
export const inShort = (review: Review): readonly string[] =>
  [
    ...new Set(
      review.findings.map(
        (finding) => `${finding.status} ${violationOf(finding)} (${finding.scenario.split('/').at(-1) ?? finding.scenario})`,
      ),
    ),
  ].sort();
