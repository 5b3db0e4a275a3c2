import { type Budget, explore } from '../explore/explore.js';
import type { Machine } from '../machine/machine.js';
import { type FinalState, wholeOutcome } from './final.js';
import { finalStates, LITMUS_BUDGET, searchOrders, settledMachine } from './run.js';
import type { LitmusTest } from './test.js';

/** Outcomes of one test by both searches. */
export interface Compared {
  readonly promiseFirst: ReadonlySet<string>;
  readonly interleaving: ReadonlySet<string>;
  /** Locations whose last values the outcomes tell. */
  readonly locations: readonly string[];
  /** States that the interleaving search met. */
  readonly states: number;
  /** Why the comparison says nothing: a search that was stopped, or met what is not modelled. */
  readonly incomplete: string | null;
}

/**
 * Runs a test by both searches. The interleaving search leaves out what a store does that is made before an older load, or past more than
 * one younger store, so its outcomes are some of the other's; an outcome that only it shows is a fault of the machine.
 */
export function compareSearches(test: Pick<LitmusTest, 'setup' | 'mmu'>, window: 0 | 1, budget: Budget): Compared {
  const { machine, search } = searchOrders(test, { ...LITMUS_BUDGET, ms: budget.ms });
  const locations = Array.from({ length: machine.locationCount }, (_, loc) => machine.locationName(loc)).sort();
  const promiseFirst = new Set<string>();
  for (const execution of search.executions)
    for (const final of finalStates(machine, execution)) promiseFirst.add(wholeOutcome(final, locations));
  const { states, ends, stopped } = settledMachine(test, window, (m) => interleave(m, budget, locations));
  const incomplete = search.stopped ?? search.stuck[0] ?? stopped;
  return { promiseFirst, interleaving: ends, locations, states, incomplete };
}

function interleave(
  m: Machine,
  budget: Budget,
  locations: readonly string[],
): { states: number; ends: Set<string>; stopped: string | null } {
  const ends = new Set<string>();
  const run = interleavedEnds(m, budget, (final) => ends.add(wholeOutcome(final, locations)));
  return { states: run.states, ends, stopped: run.stopped };
}

/** Every final state that the interleaving search finds. `stopped`: why there may be more; null where it followed everything. */
export function interleavedEnds(
  m: Machine,
  budget: Budget,
  visit: (final: FinalState) => void,
): { states: number; stopped: string | null } {
  const run = explore(m, budget);
  const state = new Int32Array(m.layout.size);
  for (let number = 0; number < run.states; number++) {
    run.store.restore(number, state);
    if (m.setup.cpus.some((_, cpu) => !m.ended(state, cpu) || m.delayed(state, cpu))) continue;
    // Hardware may still have something to do by itself: that is another final state.
    visit(finalOf(m, state));
  }
  return { states: run.states, stopped: run.stopped ?? run.stuck[0] ?? null };
}

function finalOf(m: Machine, s: Int32Array): FinalState {
  return {
    threads: m.setup.cpus.map((_, cpu) => m.node(s, cpu).state),
    location: (loc) => {
      const index = m.location(loc);
      return m.auto.value(m.order.valueAt(s, index, m.order.latest(s, index, m.order.length(s))));
    },
  };
}
