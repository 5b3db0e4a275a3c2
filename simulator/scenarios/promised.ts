import type { Budget, Exploration } from '../explore/explore.js';
import { promising, type PromisingBudget } from '../explore/promising.js';
import { valueKey } from '../interp/value.js';
import { settledMachine } from '../litmus/run.js';
import type { Machine } from '../machine/machine.js';
import { expand } from '../machine/step.js';
import type { ViolationKind } from '../machine/violation.js';
import type { Linked } from './link.js';
import { Learned, search } from './run.js';

/** What one search shows of a scenario. */
interface Shown {
  readonly violations: ReadonlySet<ViolationKind>;
  /** Every way the runs may end: what threads keep for themselves, and the last value of each location that they share. */
  readonly ends: ReadonlySet<string>;
  readonly states: number;
}

export interface ComparedScenario {
  readonly interleaving: Shown;
  readonly promising: Shown;
  /** Why the comparison says nothing: a search that was stopped, or met what is not modelled. */
  readonly incomplete: string | null;
}

/**
 * Told by one of the searches only: waits and loops show on the whole graph of states; the order of break and make is checked where stores
 * take their places as they are made.
 */
const ONE_SIDED: ReadonlySet<ViolationKind> = new Set(['livelock', 'unbounded-wait', 'break-before-make']);

/**
 * Runs a scenario by both searches, interleaving with delayed stores. Whatever interleaving shows is a behaviour that promises have, too;
 * what only promises show is a store delayed further, or load buffering.
 */
export function compareWithPromises(linked: Linked, budget: Budget & PromisingBudget): ComparedScenario {
  const { machine, run } = search(linked, { window: 1, budget, search: 'interpreted' });
  const interleaving = { violations: told(run.found.keys()), ends: endsOf(machine, run), states: run.states };
  const stopped = run.stopped ?? run.stuck[0] ?? null;
  const promised = settledMachine(
    linked,
    0,
    (m) => {
      const ends = new Set<string>();
      const found = promising(m, budget, (state) => ends.add(endText(m, state)));
      return { ...found, ends };
    },
    undefined,
    new Learned(linked).sharing,
  );
  return {
    interleaving,
    promising: { ...promised, violations: told(promised.violations) },
    incomplete: stopped ?? promised.stopped ?? promised.stuck[0] ?? null,
  };
}

const told = (kinds: Iterable<ViolationKind>): ReadonlySet<ViolationKind> => new Set([...kinds].filter((kind) => !ONE_SIDED.has(kind)));

/** States that no step leaves, as text. */
function endsOf(m: Machine, run: Exploration): Set<string> {
  const ends = new Set<string>();
  const state = new Int32Array(m.layout.size);
  for (let number = 0; number < run.states; number++) {
    run.store.restore(number, state);
    let events = 0;
    const on = (): void => {
      events++;
    };
    expand(m, state, { next: on, violation: on, stuck: on });
    if (events === 0) ends.add(endText(m, state));
  }
  return ends;
}

function endText(m: Machine, s: Int32Array): string {
  const own = m.setup.cpus.flatMap((cpu, i) =>
    [...m.node(s, i).state.memory].map(([loc, { value }]) => `${cpu.name}: ${loc}=${valueKey(value)}`),
  );
  const shared = Array.from({ length: m.locationCount }, (_, loc) => {
    const value = m.order.valueAt(s, loc, m.order.latest(s, loc, m.order.length(s)));
    return `${m.locationName(loc)}=${valueKey(m.auto.value(value))}`;
  });
  return [...own, ...shared].sort().join(' ');
}
