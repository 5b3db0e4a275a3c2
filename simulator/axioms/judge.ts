import { initialValue } from '../interp/memory.js';
import type { Setup } from '../interp/setup.js';
import type { Value } from '../interp/value.js';
import type { Condition } from '../litmus/test.js';
import { combinations } from './combine.js';
import { holds } from './condition.js';
import type { Trace } from './event.js';
import { Execution, type LocationOrder } from './execution.js';
import { forbiddenBy, prepare } from './lkmm/model.js';
import type { Rules } from './lkmm/rules.js';
import { accessesByLocation, locationOrders } from './location-orders.js';
import type { Meter } from './meter.js';
import { type Node, nodesOf, Skeleton } from './skeleton.js';

/** An execution that the model allows and in which `wanted` holds at the end, or null where there is none. */
export function findExecution(
  setup: Setup,
  runs: readonly (readonly Trace[])[],
  wanted: Condition,
  rules: Rules,
  meter: Meter,
): Execution | null {
  for (const traces of combinations(setup, runs, wanted, rules, meter)) {
    const found = complete(setup, traces, wanted, rules, meter);
    if (found) return found;
  }
  return null;
}

function complete(setup: Setup, traces: readonly Trace[], wanted: Condition, rules: Rules, meter: Meter): Execution | null {
  const nodes = nodesOf(traces);
  const choices: LocationOrder[][] = [];
  for (const [loc, threads] of accessesByLocation(nodes, traces.length)) {
    const orders = locationOrders(loc, threads, initialValue(setup, loc), rules, meter);
    if (orders.length === 0) return null;
    choices.push(orders);
  }
  const known = new Set(choices.map((orders) => orders[0]?.loc));
  const mayHold = (orders: readonly LocationOrder[]): boolean =>
    holds(wanted, {
      register: (cpu, name) => traces[cpu]?.results.get(name),
      location: (loc) => {
        const order = orders.find((each) => each.loc === loc);
        return !order && known.has(loc) ? undefined : lastValue(setup, nodes, loc, order);
      },
    }) !== false;

  // What is settled comes first; then there is one look at the model for all of it.
  const settled = choices.flatMap((orders) => (orders.length === 1 ? orders : []));
  if (!mayHold(settled)) return null;
  const prepared = prepare(new Skeleton(traces, nodes), rules);
  const allowed = (orders: readonly LocationOrder[]): Execution | null => {
    meter.execution();
    const execution = new Execution(prepared.skeleton, orders);
    return forbiddenBy(execution, prepared, rules) === null ? execution : null;
  };
  const start = allowed(settled);
  if (!start) return null;

  // Each open location by itself beside what is settled: what falls out here need not be tried with all the others.
  let open = choices.filter((orders) => orders.length > 1);
  if (open.length > 1) open = open.map((orders) => orders.filter((order) => allowed([...settled, order])));
  open.sort((a, b) => a.length - b.length);
  const extend = (execution: Execution, orders: readonly LocationOrder[], depth: number): Execution | null => {
    if (depth === open.length) return execution;
    for (const order of open[depth] ?? []) {
      const more = [...orders, order];
      const next = mayHold(more) ? allowed(more) : null;
      const found = next && extend(next, more, depth + 1);
      if (found) return found;
    }
    return null;
  };
  return extend(start, settled, 0);
}

function lastValue(setup: Setup, nodes: readonly Node[], loc: string, order: LocationOrder | undefined): Value {
  const last = order?.writes.at(-1);
  const event = last === undefined ? undefined : nodes[last]?.event;
  return event?.k === 'write' ? event.value : initialValue(setup, loc);
}
