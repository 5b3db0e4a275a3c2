import type { Machine } from '../machine.js';
import type { Reach } from '../reach.js';
import { showEntry } from '../show.js';

/** A page that somebody frees, and a way on which a CPU's hardware may still come to it. */
export interface Freed {
  readonly by: string;
  readonly obj: string;
  readonly reach: Reach;
}

/** True where the way leads over an entry's old value. */
export const throughOldValue = (m: Machine, s: Int32Array, { reach }: Freed): boolean =>
  reach.position !== m.order.latest(s, reach.entry.index, m.order.length(s));

/** "CPU0 frees page A while CPU1 may still reach it through the old value of pt[0] (page A)". */
export function freedWhileReached(m: Machine, s: Int32Array, freed: Freed, what: string): string {
  const { by, reach } = freed;
  const value = showEntry(m, s, reach.entry, reach.position);
  const through = throughOldValue(m, s, freed)
    ? `the old value of ${reach.entry.loc} (${value})`
    : `${reach.entry.loc} (${value}), which still stands`;
  return `${by} frees ${what} while ${m.cpuName(reach.cpu)} may still reach it through ${through}`;
}
