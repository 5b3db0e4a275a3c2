import { type Execution, promiseFirst, type PromiseBudget, type PromiseSearch } from '../explore/promise.js';
import { Automaton } from '../interp/automaton.js';
import { Interpreter } from '../interp/interpreter.js';
import { SharingChanged, SharingFacts } from '../interp/sharing.js';
import type { ThreadState } from '../interp/thread.js';
import type { Value } from '../interp/value.js';
import { LayoutTooSmall, Machine } from '../machine/machine.js';
import { evaluate, type FinalState, project } from './final.js';
import type { LitmusTest } from './test.js';

/** How many view slots a litmus thread has: one a register that was loaded. */
const SLOTS = 24;

export const LITMUS_BUDGET: PromiseBudget = { orders: 200_000, steps: 5_000_000, ms: 10_000 };

/** In how many of the final states a test's condition holds. */
export type Holds = 'never' | 'sometimes' | 'always';

/** What running a litmus test showed. */
export interface LitmusOutcome {
  /** Null where the search was stopped, or met what is not modelled, before it found what would settle it. */
  readonly holds: Holds | null;
  /** Final states, told apart by what the condition looks at. */
  readonly states: number;
  readonly orders: number;
  readonly steps: number;
  readonly ms: number;
  /** Null where everything was tried; else what stopped the search. */
  readonly stopped: string | null;
  /** Why some runs could not be followed. */
  readonly stuck: readonly string[];
}

/** Runs a test under the setting that its setup holds, promise-first. Throws AxisNeeded for an axis the setting leaves open. */
export function runLitmus(test: LitmusTest, budget: PromiseBudget = LITMUS_BUDGET): LitmusOutcome {
  const began = performance.now();
  const { machine, search } = searchOrders(test, budget);
  const seen = new Set<string>();
  let holds = 0;
  let fails = 0;
  for (const execution of search.executions) {
    for (const final of finalStates(machine, execution)) {
      if (test.filter && !evaluate(test.filter, final)) continue;
      const key = project(test.condition, final);
      if (seen.has(key)) continue;
      seen.add(key);
      if (evaluate(test.condition, final)) holds++;
      else fails++;
    }
  }
  const complete = search.stopped === null && search.stuck.length === 0;
  return {
    holds: settle(holds, fails, complete),
    states: seen.size,
    orders: search.orders,
    steps: search.steps,
    ms: performance.now() - began,
    stopped: search.stopped,
    stuck: search.stuck,
  };
}

/** The promise-first search of a program. All its memory is shared but what `isPrivate` names. */
export function searchOrders(
  test: Pick<LitmusTest, 'setup' | 'mmu'>,
  budget: PromiseBudget,
  isPrivate: (loc: string) => boolean = () => false,
): { readonly machine: Machine; readonly search: PromiseSearch } {
  return settledMachine(test, 0, (machine) => ({ machine, search: promiseFirst(machine, budget) }), isPrivate);
}

/**
 * What `run` gives on a machine that tells each dependency of the program apart. It is started again while it learns how much room the
 * program needs.
 */
export function settledMachine<T>(
  { setup, mmu }: Pick<LitmusTest, 'setup' | 'mmu'>,
  window: 0 | 1,
  run: (m: Machine) => T,
  isPrivate: (loc: string) => boolean = () => false,
  sharing = new SharingFacts((loc) => !isPrivate(loc)),
): T {
  const exact = { ...setup, viewSlots: SLOTS, throughMmu: true };
  for (let room = 8; ; ) {
    try {
      return run(new Machine(new Automaton(new Interpreter(exact, sharing)), mmu, window, room));
    } catch (error) {
      if (error instanceof LayoutTooSmall) room *= 2;
      else if (!(error instanceof SharingChanged)) throw error;
    }
  }
}

/** "Sometimes" is settled by two final states, however the search ends; the others take all of them. */
function settle(holds: number, fails: number, complete: boolean): Holds | null {
  if (holds > 0 && fails > 0) return 'sometimes';
  if (!complete) return null;
  return holds > 0 ? 'always' : 'never';
}

/** Every final state of an execution: what each thread may end in does not hang on how the others end. */
export function* finalStates(m: Machine, execution: Execution): Generator<FinalState> {
  const { order, ends } = execution;
  const location = (loc: string): Value => {
    const index = m.location(loc);
    return m.auto.value(m.order.valueAt(order, index, m.order.latest(order, index, m.order.length(order))));
  };
  const go = function* (cpu: number, threads: ThreadState[]): Generator<FinalState> {
    const choices = ends[cpu];
    if (!choices) {
      yield { threads, location };
      return;
    }
    for (const id of choices) yield* go(cpu + 1, [...threads, m.auto.node(id).state]);
  };
  yield* go(0, []);
}
