import { allTraces } from '../axioms/domains.js';
import type { Trace } from '../axioms/event.js';
import type { Execution } from '../axioms/execution.js';
import { findExecution } from '../axioms/judge.js';
import { LKMM, type Rules } from '../axioms/lkmm/rules.js';
import { Meter, Spent } from '../axioms/meter.js';
import { Stuck } from '../interp/memory.js';
import type { Holds } from './run.js';
import type { Condition, LitmusTest } from './test.js';

export type { Rules };

/**
 * Judges a litmus test by the Linux kernel memory model, without any machine: looks for an execution of its Program that the model allows
 * and in which the test's condition holds, and for one in which it does not.
 *
 *     const verdict = judgeLkmm(test, { executions: 100_000, ms: 10_000 });
 *     if (verdict.k === 'verdict' && verdict.witness)
 *       showWitness(describeExecution(test.setup, verdict.witness)).forEach((line) => console.log(line));   // simulator/axioms/witness.ts
 *
 * The model allows more than any machine does: what is `never` here is never reached on hardware, if the kernel's primitives keep their word.
 */
export type LkmmVerdict = Spending &
  (
    | {
        readonly k: 'verdict';
        /** Of the condition itself, whatever its quantifier, in the executions that the filter lets through. */
        readonly holds: Holds;
        /** An execution in which the condition holds; null where there is none. */
        readonly witness: Execution | null;
        /** One in which it does not. */
        readonly counterexample: Execution | null;
        /** Why some runs were left out: a loop that went round too often, an access through what is no pointer. */
        readonly cut: readonly string[];
      }
    /** The model has no word for something that the test does. */
    | { readonly k: 'unsupported'; readonly feature: string }
    | { readonly k: 'over-budget'; readonly of: 'time' | 'states' }
  );

interface Spending {
  /** Candidate executions that were looked at. */
  readonly executions: number;
  readonly ms: number;
}

export interface LkmmBudget {
  readonly executions: number;
  readonly ms: number;
}

const RUNS = { traces: 20_000, rounds: 3 };

/** Pure but for the clock. `rules` leaves out parts of the model, for tests that ask who would notice. */
export function judgeLkmm(test: LitmusTest, budget: LkmmBudget, rules: Rules = LKMM): LkmmVerdict {
  const start = performance.now();
  const meter = new Meter(budget.executions, start + budget.ms, () => performance.now());
  const spent = (): Spending => ({ executions: meter.executions, ms: performance.now() - start });
  try {
    const runs = allTraces(test.setup, RUNS, meter);
    // A thread of which no run ends.
    const stuck = runs.find((traces) => traces.length > 0 && traces.every((trace) => trace.cut !== null))?.[0]?.cut ?? null;
    if (stuck !== null) return { k: 'unsupported', feature: stuck, ...spent() };
    const find = (wanted: Condition): Execution | null => findExecution(test.setup, runs, filtered(test, wanted), rules, meter);
    const witness = find(test.condition);
    const counterexample = find({ k: 'not', of: test.condition });
    const holds = witness ? (counterexample ? 'sometimes' : 'always') : 'never';
    return { k: 'verdict', holds, witness, counterexample, cut: cutsOf(runs), ...spent() };
  } catch (error) {
    if (error instanceof Spent) return { k: 'over-budget', of: error.of, ...spent() };
    if (error instanceof Stuck) return { k: 'unsupported', feature: error.message, ...spent() };
    throw error;
  }
}

const filtered = ({ filter }: LitmusTest, wanted: Condition): Condition => (filter ? { k: 'and', of: [filter, wanted] } : wanted);

const cutsOf = (runs: readonly (readonly Trace[])[]): string[] => [
  ...new Set(runs.flatMap((traces) => traces.flatMap((trace) => trace.cut ?? []))),
];
