import type { Finding, Report, Review, Verdict } from './schema.js';
import { plural } from './text.js';

/** What the pipeline knows at the end of one review. */
export interface Result {
  readonly findings: readonly Pick<Finding, 'status'>[];
  /** Runs of scenarios that reach changed code. */
  readonly ran: readonly unknown[];
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
  for (const status of ['introduced', 'fixed', 'pre-existing'] as const) {
    if (result.findings.some((finding) => finding.status === status)) return status;
  }
  if (result.ran.length > 0) return 'clean';
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
      return review.ran.length > 0
        ? 'No verdict: part of the change is not in the runs, or a run could not be followed.'
        : 'No scenario could run the changed code.';
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
