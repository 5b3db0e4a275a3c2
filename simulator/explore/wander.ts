import { OrderFull } from '../machine/order.js';
import type { Machine } from '../machine/machine.js';
import { expandThread } from '../machine/step.js';

const RUNS = 40;
const STEPS = 1000;

/**
 * Runs the program forty times, each time another way, so that most of what its threads do is known before a search: what it then learns it
 * need not learn by starting again. The ways are the same each time.
 */
export function wander(m: Machine): void {
  const state = new Int32Array(m.layout.size);
  let seed = 1;
  const below = (n: number): number => {
    seed = (Math.imul(seed, 0x41c64e6d) + 0x3039) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
  for (let run = 0; run < RUNS; run++) {
    state.set(m.start());
    for (let step = 0; step < STEPS; step++) if (!wanderOn(m, state, below)) break;
  }
}

/** Takes a step of some thread that has one. */
function wanderOn(m: Machine, state: Int32Array, below: (n: number) => number): boolean {
  const first = below(m.layout.threads);
  for (let i = 0; i < m.layout.threads; i++) {
    const thread = (first + i) % m.layout.threads;
    const found: Int32Array[] = [];
    const none = (): void => undefined;
    try {
      expandThread(m, state, thread, { next: (next) => found.push(next.slice()), violation: none, stuck: none });
    } catch (error) {
      if (!(error instanceof OrderFull)) throw error;
      return false;
    }
    const taken = found[below(found.length)];
    if (!taken) continue;
    state.set(taken);
    return true;
  }
  return false;
}
