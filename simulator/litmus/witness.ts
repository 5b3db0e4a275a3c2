import { type PromiseBudget, threadSteps } from '../explore/promise.js';
import { showValue } from '../interp/value.js';
import type { Machine } from '../machine/machine.js';
import { evaluate } from './final.js';
import { finalStates, searchOrders } from './run.js';
import type { LitmusTest } from './test.js';

/** One run of a test, told: the order of writes, and what each thread did against it. */
export interface Witness {
  /** Whether the test's condition holds in its final state. */
  readonly holds: boolean;
  /** By position in the order, from 1 on. */
  readonly order: readonly string[];
  readonly threads: readonly { readonly name: string; readonly steps: readonly string[] }[];
}

/** A run in which the condition holds, else any run; null where no run was found within the budget. */
export function findWitness(test: LitmusTest, budget: PromiseBudget): Witness | null {
  const { machine: m, search } = searchOrders(test, budget);
  let found: Witness | null = null;
  // The fewest writes make the plainest story.
  const executions = [...search.executions].sort((a, b) => a.owners.length - b.owners.length);
  for (const execution of executions) {
    for (const final of finalStates(m, execution)) {
      if (test.filter && !evaluate(test.filter, final)) continue;
      const holds = evaluate(test.condition, final);
      if (!holds && found) continue;
      const threads = m.setup.cpus.map(({ name }, cpu) => {
        const end = execution.ends[cpu]?.find((id) => m.auto.node(id).state === final.threads[cpu]);
        return { name, steps: end === undefined ? [] : threadSteps(m, execution, cpu, end) };
      });
      found = { holds, order: orderText(m, execution.order, execution.owners), threads };
      if (holds) return found;
    }
  }
  return found;
}

function orderText(m: Machine, s: Int32Array, owners: readonly number[]): string[] {
  return owners.slice(1).map((owner, i) => {
    const position = i + 1;
    const code = m.order.code(s, position);
    const who = owner < 0 ? 'hardware' : m.cpuName(owner);
    if (code >= 0) return `${who}: ${m.locationName(code)} = ${showValue(m.auto.value(m.order.floorOf(s, position)))}`;
    const tlbi = m.invalidations[-1 - code]?.tlbi.word.toUpperCase() ?? '?';
    return `${who}: TLBI ${tlbi} is complete; it covers writes up to ${String(m.order.floorOf(s, position))}`;
  });
}
