import pc from 'picocolors';
import { renderCounts } from './counts.js';
import {
  axesText,
  duration,
  effort,
  notModelledLines,
  onlyWith,
  patchName,
  place,
  ranText,
  sources,
  statusClause,
  sum,
  violationText,
} from './describe.js';
import { earlierTexts } from './earlier.js';
import { laneLayout } from './lanes.js';
import type { Finding, Report, Review } from './schema.js';
import { clip, columns, enumerate, groupBy, harmless, padEnd, plural, thousands, wrap } from './text.js';
import { verdictText } from './verdict.js';

export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns of the terminal; between 60 and 100 are used. */
  readonly width: number;
}

/** The report for a terminal: the verdict of each review first, then what it rests on. */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const view = { colours: pc.createColors(options.colour), width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, options.width)) };
  const told = report.reviews.length <= FOLD_OVER ? report.reviews : report.reviews.filter((review) => review.verdict !== 'not-relevant');
  const reviews = told.map((review) => renderReview(review, view));
  const folded = report.reviews.length - told.length;
  if (folded > 0)
    reviews.push(
      wrap(`not-relevant: ${plural(folded, 'more review')}: no flush, fault or page-table logic is changed there.`, view.width, '', INDENT),
    );
  const problems = report.problems.slice(0, PROBLEMS_LISTED).flatMap((problem) => wrap(harmless(problem), view.width, 'not read: ', '  '));
  if (report.problems.length > PROBLEMS_LISTED)
    problems.push(
      `and ${plural(report.problems.length - PROBLEMS_LISTED, 'more part')} that could not be read; the report (--json) names them.`,
    );
  if (reviews.length === 0) problems.unshift(...wrap(`${harmless(report.source, 200)}: nothing was found to review.`, view.width));
  return `${[...reviews, problems]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

type Colours = ReturnType<typeof pc.createColors>;
interface View {
  readonly colours: Colours;
  readonly width: number;
}

const MIN_WIDTH = 60;
const MAX_WIDTH = 100;
const INDENT = '  ';
const RAN_LISTED = 20;
/** Names told of what is changed. */
const CHANGED_LISTED = 6;
/** With more reviews than this, those that have nothing to say share a line. */
const FOLD_OVER = 3;
const PROBLEMS_LISTED = 20;
const REMARKS_LISTED = 20;

function renderReview(review: Review, view: View): string[] {
  const { colours, width } = view;
  const [first = '', ...rest] = wrap(`${review.verdict}: ${titleOf(review)}`, width, '', INDENT);
  const coloured = `${paintVerdict(review.verdict, colours)}${first.slice(review.verdict.length)}`;
  const order = ['introduced', 'pre-existing', 'superfluous', 'fixed'] as const;
  const findings = order.flatMap((status) => review.findings.filter((finding) => finding.status === status));
  const sections: string[][] = [
    [coloured, ...rest, ...wrap(verdictText(review), width, INDENT)],
    ...findings.map((finding) => renderFinding(finding, review, view)),
    renderCounts(review.counts, width, 8),
    renderRan(review, view),
    renderEarlier(review, view),
    renderRemarks(review, view),
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, i) => (i === 0 ? section : ['', ...section]));
}

function titleOf(review: Review): string {
  const { title, version, patches } = review.series;
  const what = review.kind === 'pasted' ? `diff pasted in <${harmless(review.patch, 200)}>, on ` : '';
  const size = [...(version > 1 ? [`v${version}`] : []), ...(patches.length > 1 ? [`${patches.length} patches`] : [])].join(', ');
  return `${what}${harmless(title, 300)}${size === '' ? '' : ` (${size})`}`;
}

function renderFinding(finding: Finding, review: Review, { colours, width }: View): string[] {
  const patch = patchName(review, finding.patch, null);
  const heading = `${violationText(finding)} in ${harmless(finding.scenario, 120)}, ${statusClause(finding, patch)}`;
  const out = wrap(heading, width).map((line) => paintStatus(line, finding.status, colours));
  const say = (text: string): void => {
    if (text !== '') out.push(...wrap(text, width, INDENT));
  };
  say(subjectOf(review, finding.patch));
  const only = onlyWith(finding);
  say(only === null ? 'With every setting that was run.' : `Only with: ${only}`);
  if (finding.removedBy !== undefined) say(`Gone after ${patchName(review, finding.removedBy, null)}.`);
  if (finding.summary !== '' || finding.because !== undefined) out.push('');
  say(harmless(finding.summary));
  say(harmless(finding.because ?? ''));
  out.push(...interleaving(finding, { colours, width }));
  out.push('');
  say(effort(finding));
  const setting = axesText(finding.setting);
  if (setting !== '' && setting !== axesText(finding.axes)) say(`Found with: ${setting}`);
  const from = sources(finding, 12);
  if (from.length > 0) say(`Code run: ${from.join('; ')}`);
  out.push(`${INDENT}Replay: faultline replay REPORT ${finding.id}`);
  return out;
}

/** Lanes behind a column of step numbers, which `faultline replay --step` takes. */
function interleaving(finding: Finding, { colours, width }: View): string[] {
  if (finding.trace.length === 0) return [];
  const digits = String(finding.trace.length).length;
  const blank = ' '.repeat(INDENT.length + digits + 2);
  const layout = laneLayout(finding, width - blank.length);
  const head = layout.head.map((line) => colours.dim(`${blank}${line}`));
  const steps = finding.trace.flatMap((step, n) =>
    layout.step(step).map((line, i) => {
      const number = i === 0 ? `${INDENT}${String(n + 1).padStart(digits)}  ` : blank;
      return `${colours.dim(number)}${step.kind === 'bad' ? colours.red(line) : step.kind === 'may' ? colours.yellow(line) : line}`;
    }),
  );
  const places = finding.trace.filter((step) => step.kind === 'bad').flatMap((step) => place(step) ?? []);
  return ['', ...head, ...steps, ...[...new Set(places)].flatMap((text) => wrap(text, width, `${blank}  `))];
}

function renderRan(review: Review, { width }: View): string[] {
  const total = ranText(review.ran);
  if (total === null) return [];
  const byScenario = [...groupBy(review.ran, (run) => run.scenario)];
  const names = byScenario.slice(0, RAN_LISTED).map(([scenario]) => clip(harmless(scenario), 40));
  const nameWidth = Math.max(0, ...names.map(columns));
  const rows = byScenario.slice(0, RAN_LISTED).flatMap(([, runs], i) => {
    const cut = runs.filter((run) => !run.exhaustive).length;
    const outcomes = [...new Set(runs.flatMap((run) => (run.outcome === undefined ? [] : [harmless(run.outcome, 60)])))];
    const parts = [
      plural(sum(runs.map((run) => run.settings)), 'setting'),
      plural(sum(runs.map((run) => run.states)), 'state'),
      duration(sum(runs.map((run) => run.ms))),
      ...(cut > 0 ? [`${cut} not exhaustive`] : []),
      ...outcomes,
      ...new Set(runs.flatMap(({ base }) => (base === undefined ? [] : [`on ${harmless(base, 120)}`]))),
    ];
    const name = padEnd(names[i] ?? '', nameWidth);
    return wrap(parts.join(', '), width, `${INDENT}${name}  `, ' '.repeat(Math.min(nameWidth, 20) + 4));
  });
  const more = byScenario.length - RAN_LISTED;
  return [
    ...wrap(`Ran ${total}, ${duration(sum(review.ran.map((run) => run.ms)))}.`, width),
    ...rows,
    ...(more > 0 ? [`${INDENT}and ${thousands(more)} more`] : []),
    ...chosenText(review).flatMap((text) => wrap(text, width)),
  ];
}

/** Why these scenarios ran and no others. */
function chosenText({ selection: { reached, others } }: Review): string[] {
  const changed = [...new Set(reached.flatMap((each) => each.changed))].map((name) => harmless(name, 80));
  if (changed.length === 0) return [];
  const more = changed.length - CHANGED_LISTED;
  const names = more > 1 ? [...changed.slice(0, CHANGED_LISTED), `${thousands(more)} more`] : changed;
  const rest =
    others === 0 ? '' : `; ${plural(others, 'other scenario')} of the same architectures ${others === 1 ? 'runs' : 'run'} nothing of it`;
  return [`They were chosen for what they run of the change: ${enumerate(names)}${rest}.`];
}

/** What became of the findings of earlier versions. */
function renderEarlier(review: Review, { width }: View): string[] {
  const texts = earlierTexts(review);
  if (review.versions.length === 0) return [];
  const versions = `Earlier versions: ${review.versions.map(({ version, link }) => `v${String(version)} (by ${link})`).join(', ')}`;
  const shown = texts.slice(0, REMARKS_LISTED).flatMap((text) => wrap(text, width, INDENT, `${INDENT}${INDENT}`));
  const more = texts.length - REMARKS_LISTED;
  return [
    ...wrap(`${versions}${texts.length === 0 ? '; nothing was found in them' : ''}.`, width),
    ...shown,
    ...(more > 0 ? [`${INDENT}and ${thousands(more)} more`] : []),
  ];
}

function renderRemarks(review: Review, { width }: View): string[] {
  const say = (label: string, texts: readonly string[]): string[] => {
    const more = texts.length - REMARKS_LISTED;
    const shown = texts.slice(0, REMARKS_LISTED).flatMap((text) => wrap(`${label}: ${harmless(text)}`, width, '', INDENT));
    return more > 0 ? [...shown, `${label}: and ${thousands(more)} more`] : shown;
  };
  const silent = review.safeBecause.map((safe) => {
    const axes = axesText(safe.axes);
    return `${harmless(safe.scenario, 120)}${axes === '' ? '' : ` with ${axes}`}: ${safe.why}`;
  });
  return [
    ...say('Before', review.base === '' ? [] : [review.base]),
    // Where the first thing that was looked at was taken, "Before" says it all.
    ...say('Base tried', review.baseTried.length < 2 ? [] : review.baseTried.map(({ what, outcome }) => `${what}: ${outcome}`)),
    ...say('Silent', silent),
    ...say('Unaffected', review.unaffected),
    ...say('Not modelled', notModelledLines(review)),
    ...say('Note', review.notes),
  ];
}

function subjectOf(review: Review, messageId: string): string {
  if (review.series.patches.length < 2) return '';
  const patch = review.series.patches.find((candidate) => candidate.messageId === messageId);
  return patch === undefined ? '' : harmless(patch.subject, 200);
}

function paintVerdict(verdict: Review['verdict'], colours: Colours): string {
  switch (verdict) {
    case 'introduced':
      return colours.bold(colours.red(verdict));
    case 'pre-existing':
      return colours.bold(colours.yellow(verdict));
    case 'fixed':
    case 'clean':
      return colours.bold(colours.green(verdict));
    case 'not-modelled':
    case 'not-relevant':
    case 'error':
      return colours.bold(verdict);
  }
}

function paintStatus(line: string, status: Finding['status'], colours: Colours): string {
  return status === 'introduced' ? colours.red(line) : status === 'fixed' ? colours.green(line) : colours.yellow(line);
}
