import { deadlock } from '../machine/invariants/deadlock.js';
import { Edges } from '../machine/invariants/livelock.js';
import type { Machine, Sink } from '../machine/machine.js';
import { OrderFull } from '../machine/order.js';
import { expand } from '../machine/step.js';
import type { Violation, ViolationKind } from '../machine/violation.js';
import { onTheGraph } from './endings.js';
import type { Reductions } from './reductions.js';
import { replay } from './replay.js';
import { type States, StateStore } from './state-store.js';

export interface Budget {
  readonly states: number;
  readonly ms: number;
  /** When the time began to run, as `performance.now()` tells it; where nothing is said, when the search begins. */
  readonly since?: number;
}

/** A violation and where it was met first: breadth first, so no shorter run shows one of its kind. */
export interface Found {
  readonly violation: Violation;
  /** State the last step starts from. */
  readonly from: number;
  /** CPU that takes the last step; -1 where it is the state itself that is wrong. */
  readonly cpu: number;
}

export interface Exploration {
  readonly found: ReadonlyMap<ViolationKind, Found>;
  readonly states: number;
  readonly transitions: number;
  /** Null when every state was met; else what stopped the search. */
  readonly stopped: string | null;
  /** Reasons met on the way why a run could not be followed; the outcome is no verdict for those runs. */
  readonly stuck: readonly string[];
  readonly store: States;
  /** What was made of each state before it was stored; null for nothing. */
  readonly reductions: Reductions | null;
  /** A state's parent in the search tree; -1 for the first. */
  parent(state: number): number;
}

/** The same with each violation as a run of the machine itself shows it: a reduced search may have let CPUs change places on the way. */
export function retold(m: Machine, run: Exploration): Exploration {
  const { reductions } = run;
  if (!reductions) return run;
  const found = new Map(run.found);
  for (const [kind, each] of run.found) {
    const { bad } = replay(m, run, each, reductions);
    if (bad) found.set(kind, { ...each, violation: bad.violation });
  }
  return { ...run, found };
}

/** A reached state's place in the search: among equally short ways the one with fewer old values, then fewer changes of CPU. */
interface Way {
  readonly depth: number;
  readonly stale: number;
  readonly switches: number;
  readonly cpu: number;
}

/**
 * Follows every interleaving, breadth first. With reductions, one of those that differ in nothing that matters: see `Reductions`, and throws
 * what its `check` throws.
 */
export function explore(
  m: Machine,
  budget: Budget,
  now: () => number = () => performance.now(),
  reductions: Reductions | null = null,
): Exploration {
  const store = new StateStore(m.layout);
  const parents: number[] = [];
  const ways: Way[] = [];
  const found = new Map<ViolationKind, Found & { readonly way: Way }>();
  const stuck = new Set<string>();
  const edges = new Edges();
  const ends = new Set<number>();
  const deadline = (budget.since ?? now()) + budget.ms;
  let transitions = 0;
  let stopped: string | null = null;
  let current = 0;

  const better = (way: Way, than: Way): boolean =>
    way.depth === than.depth && (way.stale < than.stale || (way.stale === than.stale && way.switches < than.switches));
  const extend = (cpu: number, stale: boolean): Way => {
    const way = ways[current] ?? { depth: 0, stale: 0, switches: 0, cpu };
    return { depth: way.depth + 1, stale: way.stale + (stale ? 1 : 0), switches: way.switches + (way.cpu === cpu ? 0 : 1), cpu };
  };
  let events = 0;
  const sink: Sink = {
    next(made, by, stale) {
      transitions++;
      events++;
      let [state, cpu] = [made, by];
      if (reductions) {
        reduced.set(made);
        state = reduced;
        cpu = reductions.apply(reduced)?.[by] ?? by;
      }
      const to = store.add(state);
      edges.add(current, to);
      const known = ways[to];
      const from = ways[current];
      // Only states of the next layer can still get a better way.
      if (known && known.depth !== (from?.depth ?? 0) + 1) return;
      const way = extend(cpu, stale);
      if (!known) {
        parents.push(current);
        ways.push(way);
      } else if (better(way, known)) {
        parents[to] = current;
        ways[to] = way;
      }
    },
    violation(cpu, violation) {
      transitions++;
      events++;
      ends.add(current);
      const way = extend(cpu, false);
      const known = found.get(violation.kind);
      if (!known || better(way, known.way)) found.set(violation.kind, { violation, from: current, cpu, way });
    },
    stuck(why) {
      events++;
      ends.add(current);
      stuck.add(why);
    },
  };

  const reduced = m.start();
  reductions?.apply(reduced);
  store.add(reduced);
  parents.push(-1);
  ways.push({ depth: 0, stale: 0, switches: 0, cpu: -1 });
  const state = new Int32Array(m.layout.size);
  for (; current < store.size; current++) {
    if ((current & 255) === 0) reductions?.checkMeanwhile();
    if (store.size > budget.states) stopped = `${String(budget.states)} states`;
    else if ((current & 255) === 0 && now() > deadline) stopped = `${String(budget.ms)} ms`;
    if (stopped !== null) break;
    store.restore(current, state);
    const before = events;
    try {
      expand(m, state, sink);
    } catch (error) {
      if (!(error instanceof OrderFull)) throw error;
      stopped = 'a run that writes more than the order can hold';
      break;
    }
    if (events > before) continue;
    ends.add(current);
    if (found.has('deadlock')) continue;
    const violation = deadlock(m, state);
    if (violation) found.set('deadlock', { violation, from: current, cpu: -1, way: ways[current] ?? extend(-1, false) });
  }
  reductions?.check();
  if (stopped === null) {
    const way = extend(-1, false);
    for (const each of onTheGraph(m, store, edges, ends)) found.set(each.violation.kind, { ...each, way });
  }
  const parent = (state: number): number => parents[state] ?? -1;
  return retold(m, { found, states: store.size, transitions, stopped, stuck: [...stuck], store, reductions, parent });
}
