import { AxisNeeded } from '../../simulator/interp/setup.js';
import { judgeLkmm } from '../../simulator/litmus/lkmm.js';
import { runLitmus } from '../../simulator/litmus/run.js';
import type { LitmusTest } from '../../simulator/litmus/test.js';
import type { Engine } from './one.js';

/** Runs a test on the machine, or before the axioms that it is written for. */
export const runTest: Engine = (test, budget) => (test.model === 'lkmm' ? judge(test, budget) : explore(test, budget));

const judge: Engine = (test, { ms, states }) => {
  const verdict = judgeLkmm(test, { executions: states, ms });
  switch (verdict.k) {
    case 'verdict': {
      const ends = [verdict.witness, verdict.counterexample].filter((execution) => execution !== null);
      return { k: 'verdict', holds: verdict.holds, outcomes: ends.length, states: verdict.executions };
    }
    case 'unsupported':
      return { k: 'unsupported', feature: verdict.feature, at: null };
    case 'over-budget':
      return { k: 'over-budget', of: verdict.of };
  }
};

const explore: Engine = (test, budget) => {
  try {
    return explored(test, budget);
  } catch (error) {
    if (error instanceof AxisNeeded) return { k: 'unsupported', feature: `a run that hangs on ${error.axis.replace(/^\?/, '')}`, at: null };
    throw error;
  }
};

const explored: Engine = (test, { ms, states }) => {
  const {
    holds,
    states: outcomes,
    steps,
    stopped,
    stuck,
  } = withDefaults(test, (each) => runLitmus(each, { orders: states, steps: 25 * states, ms }));
  if (holds !== null) return { k: 'verdict', holds, outcomes, states: steps };
  const [why] = stuck;
  if (stopped === null && why !== undefined) return { k: 'unsupported', feature: why, at: null };
  return { k: 'over-budget', of: stopped?.endsWith(' ms') === true ? 'time' : 'states' };
};

/** A feature that nobody asked for is absent: the oldest hardware. */
export function withDefaults<T>(test: LitmusTest, run: (test: LitmusTest) => T): T {
  const setting = new Map(test.setup.setting);
  for (;;) {
    try {
      return run({ ...test, setup: { ...test.setup, setting } });
    } catch (error) {
      if (!(error instanceof AxisNeeded) || test.setup.axes.get(error.axis)?.includes(false) !== true) throw error;
      setting.set(error.axis, false);
    }
  }
}
