import type { Machine } from '../machine.js';
import type { Entry } from '../mmu.js';
import { showEntry } from '../show.js';
import type { Violation } from '../violation.js';
import { type Freed, freedWhileReached, throughOldValue } from './freed.js';

/** walker-use-after-free: a table page is freed while some CPU's hardware may still walk through it. */
export function walkerUseAfterFree(m: Machine, s: Int32Array, freed: Freed): Violation {
  const { obj, reach } = freed;
  const uncovered = throughOldValue(m, s, freed)
    ? `: ${nearMiss(m, s, reach.entry, reach.cpu) ?? 'no invalidation that has completed covers its copies of that table entry'}`
    : '';
  return {
    kind: 'walker-use-after-free',
    endsIn: null,
    why: freedWhileReached(m, s, freed, `table page ${obj}`) + uncovered,
    victim: reach.cpu,
    victimText: `walks through ${obj}, reads a freed page`,
    before: `walks ${reach.entry.loc} to ${showEntry(m, s, reach.entry, reach.position)}, keeps it in its walk cache`,
  };
}

/** An invalidation that was meant for a table entry and leaves it alone, and why. */
function nearMiss(m: Machine, s: Int32Array, entry: Entry, cpu: number): string | null {
  for (let t = m.order.length(s); t > 0; t--) {
    const code = m.order.code(s, t);
    const invalidation = code < 0 ? m.invalidations[-1 - code] : undefined;
    const scope = code < 0 ? m.invalidationScope[-1 - code] : undefined;
    if (!invalidation || scope === undefined || (scope >= 0 && scope !== cpu) || invalidation.tlbi.by !== 'address') continue;
    if (entry.from >= invalidation.to || entry.from + entry.size <= invalidation.from) continue;
    const word = `TLBI ${invalidation.tlbi.word.toUpperCase()}`;
    if (invalidation.tlbi.last) return `${word} is a last-level form and leaves copies of table entries alone`;
    if (invalidation.hint !== null)
      return `${word} carries the hint "level ${String(invalidation.hint)}", which names leaf entries; copies of a table entry need not go`;
  }
  return null;
}
