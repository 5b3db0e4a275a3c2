import { describeExecution, showWitness } from '../../simulator/axioms/witness.js';
import type { LitmusTest } from '../../simulator/litmus/test.js';
import { type Witness, findWitness } from '../../simulator/litmus/witness.js';
import { judgeLkmm } from '../../simulator/litmus/lkmm.js';
import { harmless, wrap } from '../report/text.js';
import { withDefaults } from './engine.js';
import type { Budget } from './one.js';

/** A run of a test, drawn: one in which its condition holds where there is one. Null where no run was found within the budget. */
export function drawWitness(test: LitmusTest, budget: Budget, width: number): string | null {
  return test.model === 'lkmm' ? drawExecution(test, budget) : drawRun(test, budget, width);
}

const verdictLine = (holds: boolean): string =>
  holds ? 'A run in which the condition holds:' : 'The condition holds in no run; one in which it does not:';

function drawExecution(test: LitmusTest, { ms, states }: Budget): string | null {
  const verdict = judgeLkmm(test, { executions: states, ms });
  if (verdict.k !== 'verdict') return null;
  const shown = verdict.witness ?? verdict.counterexample;
  if (shown === null) return null;
  const lines = showWitness(describeExecution(test.setup, shown));
  return `${[verdictLine(verdict.witness !== null), '', ...lines.map((line) => harmless(line))].join('\n')}\n`;
}

function drawRun(test: LitmusTest, { ms, states }: Budget, width: number): string | null {
  const witness = withDefaults(test, (each) => findWitness(each, { orders: states, steps: 25 * states, ms }));
  return witness === null ? null : draw(witness, width);
}

/** The order that all CPUs agree on, then each CPU against it: what it did, and what it saw of the order. */
function draw({ holds, order, threads }: Witness, width: number): string {
  const lines = [verdictLine(holds), ''];
  if (order.length > 0) {
    lines.push('the order of writes and completed invalidations');
    order.forEach((text, i) => lines.push(...wrap(harmless(text), width, `${String(i + 1).padStart(4)}  `, '      ')));
    lines.push('');
  }
  for (const { name, steps } of threads) {
    lines.push(harmless(name));
    for (const step of steps) lines.push(...wrap(harmless(step), width, '      ', '        '));
    lines.push('');
  }
  return lines.join('\n');
}
