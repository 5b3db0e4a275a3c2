import { initialValue } from '../interp/memory.js';
import type { Setup } from '../interp/setup.js';
import type { Value } from '../interp/value.js';
import type { Condition } from '../litmus/test.js';
import { combinations } from './combine.js';
import { holds } from './condition.js';
import type { Trace } from './event.js';
import { Execution, type LocationOrder } from './execution.js';
import { forbiddenBy, type Prepared, prepare } from './lkmm/model.js';
import type { Rules } from './lkmm/rules.js';
import { locationOrders } from './location-orders.js';
import { Skeleton } from './skeleton.js';

/** Counts down what a search may spend; throws Spent when it is gone. */
export class Meter {
  executions = 0;

  constructor(
    private readonly limit: number,
    private readonly until: number,
    private readonly now: () => number,
  ) {}

  execution(): void {
    this.executions++;
    if (this.executions > this.limit) throw new Spent('states');
    this.time();
  }

  time(): void {
    if (this.now() > this.until) throw new Spent('time');
  }
}

export class Spent extends Error {
  constructor(readonly of: 'time' | 'states') {
    super(of);
  }
}

/** Orders of one location that a candidate is made of. */
const MAX_ORDERS = 50_000;

/** An execution that the model allows and in which `wanted` holds at the end, or null where there is none. */
export function findExecution(
  setup: Setup,
  runs: readonly (readonly Trace[])[],
  wanted: Condition,
  rules: Rules,
  meter: Meter,
): Execution | null {
  for (const traces of combinations(setup, runs, wanted)) {
    meter.time();
    const prepared = prepare(new Skeleton(traces), rules);
    const found = complete(setup, prepared, wanted, rules, meter);
    if (found) return found;
  }
  return null;
}

function complete(setup: Setup, prepared: Prepared, wanted: Condition, rules: Rules, meter: Meter): Execution | null {
  const { skeleton } = prepared;
  const { nodes, traces } = skeleton;
  const locations = new Set([...nodes.flatMap(({ event }) => (event.k === 'read' || event.k === 'write' ? [event.loc] : []))]);
  const choices: LocationOrder[][] = [];
  for (const loc of locations) {
    const orders = locationOrders(skeleton, loc, initialValue(setup, loc), rules, MAX_ORDERS);
    if (orders.length === 0) return null;
    choices.push(orders);
  }
  // What is settled comes first; then there is one look at the model for all of it.
  choices.sort((a, b) => a.length - b.length);
  const settled = choices.flatMap((orders) => (orders.length === 1 ? orders : []));
  const open = choices.filter((orders) => orders.length > 1);

  const mayHold = (orders: readonly LocationOrder[]): boolean => {
    const byName = new Map(orders.map((order) => [order.loc, order]));
    const location = (loc: string): Value | undefined => {
      const order = byName.get(loc);
      if (!order) return locations.has(loc) ? undefined : initialValue(setup, loc);
      const last = order.writes.at(-1);
      const event = last === undefined ? undefined : nodes[last]?.event;
      return event?.k === 'write' ? event.value : initialValue(setup, loc);
    };
    return holds(wanted, { register: (cpu, name) => traces[cpu]?.results.get(name), location }) !== false;
  };

  const extend = (orders: readonly LocationOrder[], depth: number): Execution | null => {
    if (!mayHold(orders)) return null;
    meter.execution();
    const execution = new Execution(skeleton, orders);
    if (forbiddenBy(execution, prepared, rules) !== null) return null;
    if (depth === open.length) return execution;
    for (const order of open[depth] ?? []) {
      const found = extend([...orders, order], depth + 1);
      if (found) return found;
    }
    return null;
  };
  return extend(settled, 0);
}
