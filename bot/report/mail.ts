import type { Mail } from '../series/types.js';
import { renderCounts } from './counts.js';
import { axesText, effort, notModelledLines, onlyWith, patchName, ranText, sources, statusClause, violationText } from './describe.js';
import { type Address, type Header, headerAddresses, headerDate, headerIds, headerText, isUsable, renderHeaders } from './headers.js';
import { digest, reviewIdentity } from './id.js';
import { earlierTexts } from './earlier.js';
import { laneLayout } from './lanes.js';
import { type Anchored, diffLines, lineAtIssue, quoteEnd, quoteWithComments } from './quote.js';
import type { Finding, Review } from './schema.js';
import { clip, columns, harmless, plural, wrap } from './text.js';
import { verdictText } from './verdict.js';

/** What the mail needs beside the review. All of it is input; nothing is read from a clock or a configuration here. */
export interface MailContext {
  readonly from: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  /** Milliseconds since 1970. */
  readonly date: number;
  /** The mail that is answered: `replyTarget` says which. */
  readonly original: Mail;
  /** The report's file name or address, for the Replay line; `REPORT` by default. */
  readonly report?: string;
  /** Below `-- `; lines of at most 72 columns. */
  readonly signature?: string;
}

/** The message-id of the mail that the reply answers; `cover` is that of the cover letter, if there is one. Null when nothing is known. */
export function replyTarget(review: Review, cover: string | null): string | null {
  if (review.kind === 'pasted') return review.patch;
  const at = (status: Finding['status']): string | undefined => {
    const ids = new Set(review.findings.filter((finding) => finding.status === status).map((finding) => finding.patch));
    return review.series.patches.find((patch) => ids.has(patch.messageId))?.messageId;
  };
  return at('introduced') ?? at('pre-existing') ?? cover ?? review.series.patches[0]?.messageId ?? null;
}

/** Without angle brackets. The same review sent to the same people has the same id, whatever it took to compute. */
export function mailId(review: Review, context: Pick<MailContext, 'from' | 'to' | 'cc' | 'original'>): string {
  const people = [...context.to, ...context.cc].map((who) => who.address.toLowerCase()).sort();
  const findings = review.findings.map((finding) => finding.id).sort();
  const hash = digest([reviewIdentity(review), review.verdict, findings, context.original.messageId, [...new Set(people)]], 24);
  const domain = isUsable(context.from) ? (context.from.address.split('@')[1] ?? 'invalid') : 'invalid';
  return `faultline.${hash}@${domain}`;
}

/** The bytes of the reply, headers and body, lines ended by \n (what carries it to a server makes them \r\n). */
export function renderMail(review: Review, context: MailContext): string {
  return `${renderHeaders(headersOf(review, context))}\n${bodyOf(review, context)}`;
}

const PROSE = 72;
const TABLE = 78;
const INDENT = '  ';
const FULL_FINDINGS = 4;
const LISTED = 8;
const HEAD_STEPS = 10;
const TAIL_STEPS = 30;

const SIGNATURE = `faultline, a bot that runs what a patch changes. Wrong? Reply
"faultline: wrong <why>", a person will look.`;

function headersOf(review: Review, context: MailContext): Header[] {
  const { original } = context;
  const subject = /^re:/i.test(original.subject) ? original.subject : `Re: ${original.subject}`;
  const chain = original.references.length > 0 ? original.references : original.inReplyTo === null ? [] : [original.inReplyTo];
  // A long chain keeps its root and its end, as RFC 5537 advises.
  const kept = chain.length > 40 ? [...chain.slice(0, 1), ...chain.slice(-39)] : chain;
  const cc = headerAddresses(context.cc);
  const parent = headerIds([original.messageId]);
  const references = headerIds([...kept.filter((id) => id !== original.messageId), original.messageId]);
  return [
    ['From', headerAddresses([context.from])],
    ['To', headerAddresses(context.to) || 'undisclosed-recipients:;'],
    ...(cc === '' ? [] : [['Cc', cc] as const]),
    ['Subject', headerText(subject, 'Subject'.length)],
    ['Date', headerDate(context.date)],
    ['Message-ID', `<${mailId(review, context)}>`],
    ...(parent === '' ? [] : [['In-Reply-To', parent] as const]),
    ...(references === '' ? [] : [['References', references] as const]),
    ['Auto-Submitted', 'auto-replied'],
    ['MIME-Version', '1.0'],
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Transfer-Encoding', '8bit'],
  ];
}

function bodyOf(review: Review, context: MailContext): string {
  const here = context.original.messageId;
  const open = ['introduced', 'pre-existing', 'superfluous'].flatMap((status) =>
    review.findings.filter((finding) => finding.status === status),
  );
  const full = open.slice(0, FULL_FINDINGS);
  const body = context.original.body.split('\n');
  const lines = diffLines(body);
  const report = reportName(context);
  const several = open.length > 1;

  const anchored: Anchored[] = [];
  const elsewhere: string[][] = [];
  for (const finding of full) {
    const comment = findingComment(finding, patchName(review, finding.patch, here), several ? report : null, review, here);
    const issue = finding.patch === here ? lineAtIssue(finding, lines) : null;
    if (issue === null) elsewhere.push(comment);
    else anchored.push({ at: quoteEnd(issue, lines, body), hunk: issue.line.hunk, comment });
  }

  const sections: string[][] = [
    [...attribution(context.original), ...trimBlank(quoteWithComments(body, anchored, lines))],
    ...elsewhere,
    open.length > full.length
      ? [`${plural(open.length - full.length, 'more finding')}:`, ...listed(open.slice(full.length), review, here)]
      : [],
    open.length === 0 && review.verdict !== 'fixed' ? prose(verdictText(review)) : [],
    renderCounts(review.counts, TABLE, 3),
    trailer(review, here),
    replayLines(review, open, report, several),
  ];
  const signature = (context.signature ?? SIGNATURE).split('\n').flatMap((line) => wrap(harmless(line), PROSE));
  const text = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${text.join('\n\n')}\n\n-- \n${signature.join('\n')}\n`;
}

/** `On Mon, Mar 25, 2024 at 06:51:56PM +0000, Jo Doe wrote:`, in the sender's own zone. */
function attribution(original: Mail): string[] {
  const from = harmless(original.from, 200);
  const phrase = from.replace(/<[^<>]*>\s*$/, '').replace(/^\s*"(.*)"\s*$/, '$1');
  const name = [phrase, from.replace(/[<>]/g, '')].map((text) => text.trim()).find((text) => text !== '') ?? 'somebody';
  const date = /^(?:(\w{3}),\s*)?(\d{1,2})\s+(\w{3})\s+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s+([+-]\d{4})/.exec(
    original.dateHeader.trim(),
  );
  if (date === null) return [`${clip(name, TABLE - 7)} wrote:`];
  const [, day, dayOfMonth = '', month = '', year = '', hour = '', minute = '', second = '00', zone = ''] = date;
  const h = Number(hour);
  const clock = `${String(h % 12 === 0 ? 12 : h % 12).padStart(2, '0')}:${minute}:${second}${h < 12 ? 'AM' : 'PM'}`;
  const when = `On ${day === undefined ? '' : `${day}, `}${month} ${dayOfMonth.padStart(2, '0')}, ${year} at ${clock} ${zone}, `;
  return [`${when}${clip(name, TABLE - 7 - when.length)} wrote:`];
}

function findingComment(finding: Finding, patch: string, report: string | null, review: Review, here: string): string[] {
  const scenario = harmless(finding.scenario, 120);
  const lead =
    finding.status === 'superfluous'
      ? `No run of ${scenario} ends differently without what ${patch} adds here.`
      : `${violationText(finding)} in ${scenario}, ${statusClause(finding, patch)}.`;
  const removed = finding.removedBy === undefined ? '' : ` Gone after ${patchName(review, finding.removedBy, here)}.`;
  const said = [lead, sentence(finding.summary), sentence(finding.because ?? '')].filter((text) => text !== '').join(' ');
  const out = prose(`${said}${removed}`);
  if (finding.trace.length > 0) out.push('', ...interleaving(finding), '');
  const only = onlyWith(finding);
  const where = only === null ? 'With every setting that was run.' : `Only with: ${only}.`;
  out.push(...joined(where, effort(finding)));
  const from = sources(finding);
  if (from.length > 0) out.push(...prose(`Code run: ${from.join('; ')}.`));
  if (report !== null) out.push(...replay(report, finding.id));
  return out;
}

function interleaving(finding: Finding): string[] {
  const layout = laneLayout(finding, TABLE - INDENT.length);
  const left = finding.trace.length - HEAD_STEPS - TAIL_STEPS;
  const steps = finding.trace.flatMap((step, i) => {
    if (left > 0 && i === HEAD_STEPS) return [`[ ${plural(left, 'step')} left out; the replay has them ]`];
    return left > 0 && i > HEAD_STEPS && i < HEAD_STEPS + left ? [] : layout.step(step);
  });
  return [...layout.head, ...steps].map((line) => `${INDENT}${line}`.trimEnd());
}

function trailer(review: Review, here: string): string[] {
  const out: string[] = [];
  const ran = ranText(review.ran);
  if (ran !== null) out.push(...prose(`Ran ${ran}.`));
  if (review.base !== '') out.push(...prose(`Before: ${sentence(review.base)}`));
  out.push(
    ...listed(
      review.findings.filter((finding) => finding.status === 'fixed'),
      review,
      here,
    ),
  );
  for (const text of earlierTexts(review).slice(0, LISTED)) out.push(...prose(`Earlier: ${text}`));
  for (const safe of review.safeBecause.slice(0, LISTED)) {
    const axes = axesText(safe.axes);
    out.push(...prose(`Silent: ${harmless(safe.scenario, 120)}${axes === '' ? '' : ` with ${axes}`}: ${sentence(safe.why)}`));
  }
  for (const text of review.unaffected.slice(0, LISTED)) out.push(...prose(`Unaffected: ${sentence(text)}`));
  for (const text of notModelledLines(review, 6).slice(0, LISTED)) out.push(...prose(`Not modelled: ${text}.`));
  for (const note of review.notes.slice(0, LISTED)) out.push(...prose(`Note: ${sentence(note)}`));
  return out;
}

/** One line a finding: `Fixed by this patch: lost-update in riscv/… with A=1.` */
function listed(findings: readonly Finding[], review: Review, here: string): string[] {
  const out = findings.slice(0, LISTED).flatMap((finding) => {
    const patch = patchName(review, finding.patch, here);
    const only = onlyWith(finding);
    const text = `${violationText(finding)} in ${harmless(finding.scenario, 120)}${only === null ? '' : ` with ${only}`}`;
    const clause = statusClause(finding, patch);
    return prose(`${clause.charAt(0).toUpperCase()}${clause.slice(1)}: ${text} (${finding.id}).`);
  });
  if (findings.length > LISTED) out.push(`and ${findings.length - LISTED} more.`);
  return out;
}

function replayLines(review: Review, open: readonly Finding[], report: string, several: boolean): string[] {
  const only = open[0] ?? review.findings[0];
  return several || only === undefined ? [] : replay(report, only.id);
}

function replay(report: string, id: string): string[] {
  return [`Replay: faultline replay ${report} ${id}`];
}

/** A name that one can copy from the line, or the word that stands for it. */
function reportName(context: MailContext): string {
  const name = context.report ?? 'REPORT';
  return /^[\w./:@-]{1,36}$/.test(name) ? name : 'REPORT';
}

/** On one line where that fits a table's width, else as prose. */
function joined(a: string, b: string): string[] {
  const line = `${a}  ${b}`;
  return columns(line) <= PROSE ? [line] : [...prose(a), ...prose(b)];
}

function prose(text: string): string[] {
  return wrap(text, PROSE);
}

function sentence(text: string): string {
  const plain = harmless(text).trim();
  return plain === '' || /[.!?:]$/.test(plain) ? plain : `${plain}.`;
}

function trimBlank(lines: readonly string[]): string[] {
  let end = lines.length;
  while (end > 0 && lines[end - 1] === '') end--;
  return lines.slice(0, end);
}
