import { showValue } from '../interp/value.js';
import type { Machine } from '../machine/machine.js';
import { decode, type Entry } from '../machine/mmu.js';
import { showEntry } from '../machine/show.js';
import { covers } from '../machine/tlbi.js';

/** What a CPU may still act on: the values of one entry that its hardware may use, and what bounds them. */
export interface May {
  readonly cpu: number;
  readonly what: string;
  readonly values: readonly string[];
  readonly because: string;
}

/** For each CPU the entries of which it may still use more than the newest value. */
export function mayActOn(m: Machine, s: Int32Array): May[] {
  const found: May[] = [];
  for (let cpu = 0; cpu < m.rcuThread; cpu++) {
    for (const entry of m.entries) {
      const { positions, because } = usable(m, s, cpu, entry);
      if (positions.length < 2) continue;
      const values = positions.map((position) => showEntry(m, s, entry, position));
      found.push({ cpu, what: entry.loc, values: [...new Set(values)], because });
    }
    if (m.delayed(s, cpu)) {
      const loc = m.locationName(m.get(s, cpu, m.layout.PEND_LOC) - 1);
      const value = showValue(m.auto.value(m.get(s, cpu, m.layout.PEND_VAL)));
      found.push({ cpu, what: loc, values: [value], because: 'own store, not yet visible to others' });
    }
  }
  return found;
}

function usable(m: Machine, s: Int32Array, cpu: number, entry: Entry): { positions: number[]; because: string } {
  const { order, layout: at } = m;
  if (m.arch.invalidations === 'executed') {
    const floor = m.get(s, cpu, at.TLB + entry.index);
    const because = floor === 0 ? 'no fence or flush on this CPU has covered it' : 'its last fence or flush came before the newest store';
    return { positions: order.open(s, entry.index, floor), because };
  }
  let floor = -1;
  for (let t = 1; t <= order.length(s); t++) {
    const code = order.code(s, t);
    const invalidation = code < 0 ? m.invalidations[-1 - code] : undefined;
    const scope = code < 0 ? m.invalidationScope[-1 - code] : undefined;
    if (!invalidation || scope === undefined || (scope >= 0 && scope !== cpu)) continue;
    if (m.mmu?.regime === 'arm64-stage2' && invalidation.tlbi.stage === 1) continue;
    const old = decode(m.setup.arch, m.auto.value(order.valueAt(s, entry.index, 0)), entry.depth + 1 === m.mmu?.levels.length);
    if (covers(invalidation, entry, old.k === 'table')) floor = Math.max(floor, order.floorOf(s, t));
  }
  const because = floor < 0 ? 'no completed invalidation covers it' : 'the invalidations that have completed came before the newest store';
  return { positions: order.open(s, entry.index, Math.max(0, floor)), because };
}
