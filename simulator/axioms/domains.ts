import { initialValue } from '../interp/memory.js';
import type { Setup } from '../interp/setup.js';
import { type Value, valueKey } from '../interp/value.js';
import type { Trace } from './event.js';
import { type RunLimits, tracesOf } from './run.js';

/**
 * All runs of each CPU, where a read returns any value that some run of some CPU writes to its location. Found by going round: what the
 * reads of one round may return are the first values and what the round before wrote. A value that no round has brought by the time there
 * were as many as there are writes in a run can't be had: it would have to come from itself.
 *
 * Until then runs go every way at every branch. The model has control dependencies that order nothing, so that the value which opens a way
 * may come from behind it; whether it can is for the axioms to say.
 */
export function allTraces(setup: Setup, limits: RunLimits): readonly (readonly Trace[])[] {
  const known = new Map<string, Map<string, Value>>();
  const domain = (loc: string): readonly Value[] => {
    let values = known.get(loc);
    if (!values) {
      const first = initialValue(setup, loc);
      values = new Map([[valueKey(first), first]]);
      known.set(loc, values);
    }
    return [...values.values()];
  };
  for (let round = 0; ; round++) {
    const runs = setup.cpus.map((_, cpu) => tracesOf(setup, cpu, domain, limits, 'any'));
    const grew = runs.flat().filter((trace) => learn(known, domain, trace)).length > 0;
    const writes = runs.reduce((sum, traces) => sum + Math.max(0, ...traces.map(writesIn)), 0);
    if (!grew || round > writes) return setup.cpus.map((_, cpu) => tracesOf(setup, cpu, domain, limits));
  }
}

const writesIn = (trace: Trace): number => trace.events.filter((event) => event.k === 'write').length;

/** Adds what the run writes; true if some of it was new. */
function learn(known: ReadonlyMap<string, Map<string, Value>>, domain: (loc: string) => readonly Value[], trace: Trace): boolean {
  let grew = false;
  for (const event of trace.events) {
    if (event.k !== 'write') continue;
    domain(event.loc);
    const values = known.get(event.loc);
    const key = valueKey(event.value);
    if (values?.has(key) === false) {
      values.set(key, event.value);
      grew = true;
    }
  }
  return grew;
}
