import { initialValue } from '../interp/memory.js';
import type { Setup } from '../interp/setup.js';
import { type Value, valueKey } from '../interp/value.js';
import type { Trace } from './event.js';
import type { Meter } from './meter.js';
import { type RunLimits, tracesOf } from './run.js';

/**
 * All runs of each CPU, where a read returns any value that some run of some CPU writes to its location. Found by going round: what the
 * reads of one round may return are the first values and what the round before wrote. A value that takes more rounds than there are writes
 * it can have come through can't be had: it would have to come from itself.
 *
 * Until then runs go every way at every branch. The model has control dependencies that order nothing, so that the value which opens a way
 * may come from behind it; whether it can is for the axioms to say.
 */
export function allTraces(setup: Setup, limits: RunLimits, meter: Meter): readonly (readonly Trace[])[] {
  const domains = new Domains(setup);
  const domain = (loc: string): readonly Value[] => domains.of(loc);
  for (let round = 1; ; round++) {
    const runs = setup.cpus.map((_, cpu) => tracesOf(setup, cpu, domain, limits, meter, 'any'));
    const reach = writesBehind(runs);
    const grew = runs.flat().filter((trace) => domains.learn(trace, (loc) => round <= reach(loc))).length > 0;
    if (!grew) return setup.cpus.map((_, cpu) => tracesOf(setup, cpu, domain, limits, meter));
  }
}

/** What each location may hold, as far as is known. */
class Domains {
  private readonly known = new Map<string, Map<string, Value>>();

  constructor(private readonly setup: Setup) {}

  of(loc: string): readonly Value[] {
    return [...this.values(loc).values()];
  }

  /** Adds what the run writes to locations that may have new values; true if some of it was new. */
  learn(trace: Trace, mayBeNew: (loc: string) => boolean): boolean {
    let grew = false;
    for (const event of trace.events) {
      if (event.k !== 'write') continue;
      const values = this.values(event.loc);
      const key = valueKey(event.value);
      if (values.has(key) || !mayBeNew(event.loc)) continue;
      values.set(key, event.value);
      grew = true;
    }
    return grew;
  }

  private values(loc: string): Map<string, Value> {
    let values = this.known.get(loc);
    if (!values) {
      const first = initialValue(this.setup, loc);
      values = new Map([[valueKey(first), first]]);
      this.known.set(loc, values);
    }
    return values;
  }
}

/** For a location, how many writes one execution can have to it and to all that its values are computed from. */
function writesBehind(runs: readonly (readonly Trace[])[]): (loc: string) => number {
  const sources = new Map<string, Set<string>>();
  for (const trace of runs.flat()) {
    const reads = trace.events.filter((event) => event.k === 'read');
    for (const event of trace.events) {
      if (event.k !== 'write') continue;
      const from = sources.get(event.loc) ?? new Set([event.loc]);
      // The address is computed as well: it is a value that made the write one to this location.
      const { data, addr } = event.deps;
      reads.forEach((read, bit) => {
        if ((((data | addr) >>> bit) & 1) === 1) from.add(read.loc);
      });
      sources.set(event.loc, from);
    }
  }
  const behind = (loc: string): Set<string> => {
    const all = new Set([loc]);
    for (const each of all) for (const from of sources.get(each) ?? []) all.add(from);
    return all;
  };
  const counted = new Map<string, number>();
  return (loc) => {
    let count = counted.get(loc);
    if (count === undefined) {
      const locations = behind(loc);
      const writes = (trace: Trace): number => trace.events.filter((event) => event.k === 'write' && locations.has(event.loc)).length;
      count = runs.reduce((sum, traces) => sum + traces.reduce((most, trace) => Math.max(most, writes(trace)), 0), 0);
      counted.set(loc, count);
    }
    return count;
  };
}
