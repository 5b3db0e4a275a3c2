import { type Edges, endless, livelock } from '../machine/invariants/livelock.js';
import { mayStop, unboundedWait } from '../machine/invariants/unbounded-wait.js';
import type { Machine } from '../machine/machine.js';
import { expand } from '../machine/step.js';
import type { Found } from './explore.js';
import type { States } from './state-store.js';

/** What shows on the whole graph of states only: waits without a bound, runs without an end. `ends` are the states in which a run ends. */
export function onTheGraph(m: Machine, states: States, edges: Edges, ends: ReadonlySet<number>): Found[] {
  const found: Found[] = [];
  const loop = endless(states.size, edges, ends);
  if (mayStop(m)) {
    const wait = unboundedWait(m, {
      states: states.size,
      restore: (number, into) => {
        states.restore(number, into);
      },
      find: (known) => states.find(known),
      ends,
      expand,
    });
    if (wait) found.push({ violation: wait.violation, from: wait.state, cpu: -1 });
  }
  if (loop !== null) found.push({ violation: livelock(), from: loop, cpu: -1 });
  return found;
}
