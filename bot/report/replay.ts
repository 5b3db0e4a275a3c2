import pc from 'picocolors';
import { effort, onlyWith, patchName, place, statusClause, violationText } from './describe.js';
import { cpuName, type Lanes, laneLayout } from './lanes.js';
import type { Finding, MayActOn, Report, Review } from './schema.js';
import { clip, harmless, wrap } from './text.js';
import { VIOLATIONS } from './violations.js';

export interface ReplayOptions {
  /** Show this step alone, from 1. */
  readonly step?: number;
  readonly colour?: boolean;
  /** Columns of the terminal; between 60 and 100 are used. */
  readonly width?: number;
}

export type Replay = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };

/**
 * Steps through a counterexample with what the report holds alone: the lane line of each step, where it stands, and what each CPU may still
 * act on after it, with what changed since the step before. `findingId` may be cut short as long as one finding answers to it.
 */
export function renderReplay(report: Report, findingId: string, options: ReplayOptions = {}): Replay {
  const chosen = choose(report, findingId);
  if (!chosen.ok) return chosen;
  const { review, finding } = chosen;
  const last = finding.trace.length;
  if (last === 0) return { ok: false, error: `finding ${finding.id} has no steps to replay.` };
  if (options.step !== undefined && (!Number.isInteger(options.step) || options.step < 1 || options.step > last)) {
    return { ok: false, error: `finding ${finding.id} has steps 1 to ${last}; there is no step ${options.step}.` };
  }
  const width = Math.min(100, Math.max(60, options.width ?? 100));
  const gutter = Math.max(MIN_GUTTER, 2 * String(last).length + 3);
  const view = { width, gutter, lanes: laneLayout(finding, width - gutter), colours: pc.createColors(options.colour ?? false) };
  const steps = finding.trace.flatMap((_, i) =>
    options.step === undefined || options.step === i + 1 ? [stepLines(finding, i, view)] : [],
  );
  const sections = [heading(review, finding, view), ...steps];
  if (options.step === undefined || options.step === last) sections.push(ending(finding, view));
  return { ok: true, text: `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n` };
}

interface View {
  readonly width: number;
  readonly gutter: number;
  readonly lanes: Lanes;
  readonly colours: ReturnType<typeof pc.createColors>;
}

/** Columns for the number of a step: `3/12` and a blank or more. */
const MIN_GUTTER = 9;
const MAX_LISTED_IDS = 30;
const MAX_VALUES = 12;
/** Steps in a row without a record are few in any report of ours. */
const MAX_LOOK_BACK = 1000;

type Choice = { readonly ok: true; readonly review: Review; readonly finding: Finding } | { readonly ok: false; readonly error: string };

function choose(report: Report, wanted: string): Choice {
  const all = report.reviews.flatMap((review) => review.findings.map((finding) => ({ review, finding })));
  const id = wanted.trim().toLowerCase();
  const exact = all.find(({ finding }) => finding.id === id);
  if (exact !== undefined) return { ok: true, ...exact };
  const matches = id === '' ? [] : all.filter(({ finding }) => finding.id.startsWith(id));
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return { ok: true, ...only };
  if (all.length === 0) return { ok: false, error: 'the report has no findings to replay.' };
  const what = clip(harmless(wanted, 80), 40);
  const said = matches.length > 1 ? `${matches.length} findings start with "${what}":` : `no finding "${what}". The report has:`;
  const list = (matches.length > 1 ? matches : all).map(({ finding }) =>
    clip(`  ${finding.id}  ${finding.status}  ${violationText(finding)}  ${harmless(finding.scenario, 80)}`, 100),
  );
  const more = list.length - MAX_LISTED_IDS;
  return { ok: false, error: [said, ...list.slice(0, MAX_LISTED_IDS), ...(more > 0 ? [`  and ${more} more`] : [])].join('\n') };
}

function heading(review: Review, finding: Finding, { width, gutter, lanes, colours }: View): string[] {
  const title = `${violationText(finding)} in ${harmless(finding.scenario, 120)}, ${statusClause(finding, patchName(review, finding.patch, null))}`;
  const only = onlyWith(finding);
  return [
    ...wrap(title, width).map((line) => colours.bold(line)),
    ...(only === null ? [] : wrap(`Only with: ${only}`, width)),
    ...wrap(effort(finding), width),
    ...(finding.summary === '' ? [] : wrap(harmless(finding.summary), width)),
    '',
    ...lanes.head.map((line) => colours.dim(`${' '.repeat(gutter)}${line}`)),
  ].filter((line, i, all) => line !== '' || i < all.length - 1);
}

function stepLines(finding: Finding, index: number, { width, gutter, lanes, colours }: View): string[] {
  const step = finding.trace[index];
  if (step === undefined) return [];
  const number = `${index + 1}/${finding.trace.length}`.padEnd(gutter - 1);
  const blank = ' '.repeat(gutter);
  const lane = lanes.step(step).map((line, i) => {
    const text = step.kind === 'bad' ? colours.red(line) : step.kind === 'may' ? colours.yellow(line) : line;
    return i === 0 ? `${number} ${text}` : `${blank}${text}`;
  });
  const where = place(step);
  return [
    ...lane,
    ...(where === null ? [] : wrap(where, width, blank, `${blank}   `).map((line) => colours.dim(line))),
    ...views(finding, index).flatMap((row) =>
      wrap(row.text, width, blank + row.mark, `${blank}      `).map((line) => (row.mark === SAME ? line : colours.bold(line))),
    ),
  ];
}

interface Row {
  readonly mark: string;
  readonly text: string;
}

const SAME = '    ';
const CHANGED = '  * ';
const GONE = '  - ';

/** What each CPU may act on after a step; the mark says what changed since the last step for which it was recorded. */
function views(finding: Finding, index: number): Row[] {
  const now = finding.trace[index]?.mayActOn;
  if (now === undefined) return [];
  const before = lastRecorded(finding, index);
  const old = new Map((before ?? []).map((entry) => [keyOf(entry), entry]));
  const rows: Row[] = now.map((entry) => {
    const was = old.get(keyOf(entry));
    old.delete(keyOf(entry));
    const what = `${cpuName(finding, entry.cpu)}, ${harmless(entry.what, 120)}: ${valuesOf(entry)}`;
    const because = entry.because === '' ? '' : ` (${harmless(entry.because, 300)})`;
    if (before === null || (was !== undefined && sameValues(was, entry))) return { mark: SAME, text: `${what}${because}` };
    return { mark: CHANGED, text: `${what}${was === undefined ? '' : `; was ${valuesOf(was)}`}${because}` };
  });
  const gone = [...old.values()].map((entry) => ({
    mark: GONE,
    text: `${cpuName(finding, entry.cpu)}, ${harmless(entry.what, 120)}: no longer; was ${valuesOf(entry)}`,
  }));
  const all = [...rows, ...gone];
  return all.length === 0 ? [] : [{ mark: '  ', text: 'may still act on:' }, ...all];
}

function lastRecorded(finding: Finding, index: number): readonly MayActOn[] | null {
  for (let i = index - 1; i >= Math.max(0, index - MAX_LOOK_BACK); i--) {
    const recorded = finding.trace[i]?.mayActOn;
    if (recorded !== undefined) return recorded;
  }
  return null;
}

function keyOf(entry: MayActOn): string {
  return JSON.stringify([entry.cpu, entry.what]);
}

function sameValues(a: MayActOn, b: MayActOn): boolean {
  return JSON.stringify(a.values) === JSON.stringify(b.values);
}

function valuesOf(entry: MayActOn): string {
  const shown = entry.values.slice(0, MAX_VALUES).map((value) => harmless(value, 80));
  const more = entry.values.length - shown.length;
  return entry.values.length === 0 ? 'nothing' : `${shown.join(' or ')}${more > 0 ? ` or ${more} more` : ''}`;
}

function ending(finding: Finding, { width, colours }: View): string[] {
  if (finding.violation === null) return wrap('Nothing goes wrong on this path.', width);
  const meaning = (name: keyof typeof VIOLATIONS): string => `${name}: ${VIOLATIONS[name]}.`;
  const says = [meaning(finding.violation), ...(finding.endsIn === undefined ? [] : [meaning(finding.endsIn)])];
  return [
    ...says.flatMap((text) => wrap(text, width, '', '  ')).map((line) => colours.red(line)),
    ...(finding.because === undefined ? [] : wrap(`Why: ${harmless(finding.because)}`, width, '', '  ')),
  ];
}
