import type { Machine } from '../machine.js';
import type { Reach } from '../reach.js';
import { showEntry } from '../show.js';
import type { Violation } from '../violation.js';
import { type Freed, freedWhileReached, throughOldValue } from './freed.js';

/** stale-translation: an access comes to a page that was freed. */
export function usesFreed(m: Machine, s: Int32Array, obj: string, { cpu, entry, position }: Reach): Violation {
  return {
    kind: 'stale-translation',
    endsIn: null,
    why: `${m.cpuName(cpu)} accesses page ${obj}, which is free, through ${entry.loc} (${showEntry(m, s, entry, position)})`,
    victim: cpu,
    victimText: '',
  };
}

/** stale-translation: a page is freed while a translation that some CPU may still use leads to it. */
export function staleTranslation(m: Machine, s: Int32Array, freed: Freed): Violation {
  const { obj, reach } = freed;
  const uncovered = throughOldValue(m, s, freed) ? ': no invalidation that has completed covers that translation' : '';
  return {
    kind: 'stale-translation',
    endsIn: null,
    why: freedWhileReached(m, s, freed, `page ${obj}`) + uncovered,
    victim: reach.cpu,
    victimText: `accesses ${obj}, a freed page`,
    before: `walks ${reach.entry.loc} to ${showEntry(m, s, reach.entry, reach.position)}, keeps it in its TLB`,
  };
}

/** stale-translation: a CPU runs an address space under a number that tags copies of another which it may still hold. */
export function numberReused(
  m: Machine,
  cpu: number,
  { of, space, number, before }: { readonly of: 'asid' | 'vmid'; readonly space: string; readonly number: number; readonly before: string },
): Violation {
  const [tag, name] = [`${of.toUpperCase()} ${String(number)}`, m.cpuName(cpu)];
  return {
    kind: 'stale-translation',
    endsIn: null,
    why: `${name} runs ${space} under ${tag}, under which it may still hold translations of ${before}: no invalidation on it that has completed came between`,
    victim: cpu,
    victimText: `translates addresses of ${space} as ${before} does`,
  };
}

/** stale-translation: an entry's old value may still be used where somebody goes on as if it were gone. */
export function usesReplaced(m: Machine, s: Int32Array, by: string, { cpu, entry, position }: Reach): Violation {
  const old = showEntry(m, s, entry, position);
  return {
    kind: 'stale-translation',
    endsIn: null,
    why: `${by} goes on as if nobody used the old value of ${entry.loc} (${old}), which ${m.cpuName(cpu)} may: no invalidation that has completed covers it`,
    victim: cpu,
    victimText: `uses the old ${entry.loc}`,
    before: `walks ${entry.loc} to ${old}, keeps it in its TLB`,
  };
}
