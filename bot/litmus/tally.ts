import type { Run } from './plan.js';
import { COMPARISONS, type Comparison, type TestResult } from './types.js';

/** A run's results, counted. */
export interface Tally {
  readonly run: string;
  readonly tests: number;
  readonly counts: Readonly<Record<Comparison, number>>;
  /** Features that tests ask for and the simulator lacks, most wanted first. */
  readonly unsupported: readonly { readonly feature: string; readonly tests: number }[];
  /** Milliseconds a test; 0 where there is none. */
  readonly ms: { readonly median: number; readonly p95: number; readonly max: number; readonly sum: number };
}

export function tally(run: Pick<Run, 'name'>, results: readonly TestResult[]): Tally {
  const count = (comparison: Comparison): number => results.filter((result) => result.comparison === comparison).length;
  const features = new Map<string, number>();
  for (const { outcome } of results)
    if (outcome.k === 'unsupported') features.set(outcome.feature, (features.get(outcome.feature) ?? 0) + 1);
  const times = results.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const counts: Record<Comparison, number> = {
    agree: 0,
    'forbids-allowed': 0,
    'allows-forbidden': 0,
    unsupported: 0,
    'over-budget': 0,
    malformed: 0,
    'no-expectation': 0,
    failed: 0,
  };
  for (const comparison of COMPARISONS) counts[comparison] = count(comparison);
  return {
    run: run.name,
    tests: results.length,
    counts,
    unsupported: [...features]
      .map(([feature, tests]) => ({ feature, tests }))
      .sort((a, b) => b.tests - a.tests || (a.feature < b.feature ? -1 : 1)),
    ms: { median: at(0.5), p95: at(0.95), max: at(1), sum: times.reduce((sum, ms) => sum + ms, 0) },
  };
}

/** 0: what has a verdict agrees. 1: a test disagrees, or ran out of its budget. 2: a file could not be read or is no test. */
export function exitStatus(results: readonly TestResult[]): 0 | 1 | 2 {
  const any = (...of: Comparison[]): boolean => results.some(({ comparison }) => of.includes(comparison));
  if (any('malformed', 'failed')) return 2;
  return any('forbids-allowed', 'allows-forbidden', 'over-budget') ? 1 : 0;
}
