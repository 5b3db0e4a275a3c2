import type { Holds } from '../../simulator/litmus/run.js';
import type { Expected, Malformed, Unsupported } from '../../simulator/litmus/test.js';

export type { Holds };

/** What came of one test. */
export type Outcome =
  | { readonly k: 'verdict'; readonly holds: Holds; readonly outcomes: number; readonly states: number }
  /** `line` and `column` are null where the machine, not the reader of the text, lacks the feature. */
  | { readonly k: 'unsupported'; readonly feature: string; readonly at: Pick<Unsupported, 'line' | 'column'> | null }
  | { readonly k: 'over-budget'; readonly of: 'time' | 'states' | 'memory' }
  | { readonly k: 'malformed'; readonly malformed: Malformed }
  /** The file can't be read. */
  | { readonly k: 'unreadable'; readonly why: string }
  /** A fault in faultline. */
  | { readonly k: 'failed'; readonly why: string };

export const COMPARISONS = [
  'agree',
  'forbids-allowed',
  'allows-forbidden',
  'unsupported',
  'over-budget',
  'malformed',
  'no-expectation',
  'failed',
] as const;

export type Comparison = (typeof COMPARISONS)[number];

/** One test of one run. */
export interface TestResult {
  /** As the test calls itself; by its file where it could not be read. */
  readonly name: string;
  readonly file: string;
  readonly outcome: Outcome;
  readonly expected: Expected | null;
  readonly comparison: Comparison;
  /** Reading and running, in milliseconds. */
  readonly ms: number;
}

/** What the verdict says in the words of a table of kinds: `required` where the condition always holds, and that was asked. */
export function verdictOf(holds: Holds, expected: Expected | null): Expected {
  if (holds === 'never') return 'forbidden';
  return holds === 'always' && expected === 'required' ? 'required' : 'allowed';
}

/** A `required` that fails is a state allowed that must not be. */
export function compare(outcome: Outcome, expected: Expected | null): Comparison {
  switch (outcome.k) {
    case 'verdict': {
      if (expected === null) return 'no-expectation';
      if (verdictOf(outcome.holds, expected) === expected) return 'agree';
      return expected === 'allowed' ? 'forbids-allowed' : 'allows-forbidden';
    }
    case 'unreadable':
      return 'malformed';
    default:
      return outcome.k;
  }
}
