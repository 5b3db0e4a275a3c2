import type { Finding, Report, Review, Verdict } from './schema.js';
import { plural } from './text.js';

/** What the pipeline knows at the end of one review. */
export interface Result {
  readonly findings: readonly Pick<Finding, 'status'>[];
  /** Runs that come to what is changed; none where what they show says nothing of it. */
  readonly ran: readonly unknown[];
  /** Whether every part of the change is in them. */
  readonly whole: boolean;
  readonly notModelled: readonly unknown[];
  /** Whether the patch touches flush or fault logic at all. */
  readonly relevant: boolean;
  /** What stopped the review, in words. */
  readonly error: string | null;
}

/**
 * introduced, else fixed, else pre-existing, else clean, else not-modelled, not-relevant or error. An incomplete fix is `fixed`, and lists
 * what is left as pre-existing. A superfluous barrier leaves a run clean. An error shows only where nothing was learned: it never hides a finding.
 */
export function decideVerdict(result: Result): Verdict {
  const has = (status: Finding['status']): boolean => result.findings.some((finding) => finding.status === status);
  if (has('introduced')) return 'introduced';
  if (has('fixed')) return 'fixed';
  if (result.ran.length > 0 && has('pre-existing')) return 'pre-existing';
  // Silence of what was run says nothing of what was not.
  if (result.ran.length > 0 && result.whole) return 'clean';
  if (result.relevant && (result.notModelled.length > 0 || result.error === null)) return 'not-modelled';
  // A patch that could not be read was not shown to be irrelevant.
  return result.error === null ? 'not-relevant' : 'error';
}

/**
 * 1: a race is there after a patch (introduced, also if a later patch of the series removes it, or pre-existing); 0: nothing bad is left, or
 * the patches have nothing to do with this tool; 2: nothing could be reviewed.
 */
export function exitStatus(report: Pick<Report, 'reviews'>): 0 | 1 | 2 {
  if (report.reviews.some((review) => review.findings.some(isLeft))) return 1;
  const seen = report.reviews.some((review) => review.verdict !== 'not-modelled' && review.verdict !== 'error');
  return seen ? 0 : 2;
}

/** One or two sentences for people, the first thing of a view. */
export function verdictText(review: Review): string {
  const what = review.kind === 'pasted' ? 'the diff' : review.series.patches.length === 1 ? 'the patch' : 'the series';
  const scenarios = new Set(review.ran.map((run) => run.scenario)).size;
  switch (review.verdict) {
    case 'introduced':
    case 'fixed':
    case 'pre-existing':
      return tally(review, what);
    case 'clean': {
      const cut = review.ran.some((run) => !run.exhaustive) ? ' Not every run was exhaustive.' : '';
      const reach = scenarios === 1 ? '1 scenario reaches' : `${scenarios} scenarios reach`;
      return `${reach} the changed code; no violation before ${what} or after.${cut}`;
    }
    case 'not-modelled':
      if (review.ran.length === 0) return 'No scenario could run the changed code.';
      return `No verdict: part of the change is not in the runs, or a run could not be followed.${review.findings.length > 0 ? ` ${tally(review, what)}` : ''}`;
    case 'not-relevant':
      return 'No flush, fault or page-table logic is changed.';
    case 'error':
      return 'Could not be reviewed.';
  }
}

function isLeft(finding: Pick<Finding, 'status'>): boolean {
  return finding.status === 'introduced' || finding.status === 'pre-existing';
}

function tally(review: Review, what: string): string {
  const number = (status: Finding['status']): number => review.findings.filter((finding) => finding.status === status).length;
  const parts = [
    [number('introduced'), `introduced by ${what}`],
    [number('fixed'), `fixed by ${what}`],
    [number('pre-existing'), 'there before and after'],
    [number('superfluous'), 'superfluous'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, words], i) => `${i === 0 ? plural(n, 'finding') : n} ${words}`);
  return said.length === 0 ? 'No findings are listed.' : `${said.join(', ')}.`;
}
