import { join } from 'node:path';
import { initC } from '../../analyzers/c/parser.js';
import { parsePgtable } from '../../analyzers/litmus/pgtable/parse.js';
import { parseLitmus } from '../../analyzers/litmus/parse.js';
import { loadCatalog } from '../../simulator/catalog/load.js';
import type { PromiseBudget } from '../../simulator/explore/promise.js';
import { AxisNeeded } from '../../simulator/interp/setup.js';
import { judgeLkmm } from '../../simulator/litmus/lkmm.js';
import { type LitmusOutcome, runLitmus } from '../../simulator/litmus/run.js';
import type { LitmusTest } from '../../simulator/litmus/test.js';
import { packageRoot } from '../review/resources.js';
import type { Engine, FrontEnd, Reader } from './one.js';

/** Readers of litmus languages. The first that knows a text's language has it. */
const FRONT_ENDS: readonly FrontEnd[] = [parsePgtable, parseLitmus];

const run: Engine = (test, budget) => (test.model === 'lkmm' ? judge(test, budget) : explore(test, budget));

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
  const { holds, states: outcomes, steps, stopped, stuck } = runWithDefaults(test, { orders: states, steps: 25 * states, ms });
  if (holds !== null) return { k: 'verdict', holds, outcomes, states: steps };
  const [why] = stuck;
  if (stopped === null && why !== undefined) return { k: 'unsupported', feature: why, at: null };
  return { k: 'over-budget', of: stopped?.endsWith(' ms') === true ? 'time' : 'states' };
};

/** A feature that nobody asked for is absent: the oldest hardware. */
function runWithDefaults(test: LitmusTest, budget: PromiseBudget): LitmusOutcome {
  const setting = new Map(test.setup.setting);
  for (;;) {
    try {
      return runLitmus({ ...test, setup: { ...test.setup, setting } }, budget);
    } catch (error) {
      if (!(error instanceof AxisNeeded) || test.setup.axes.get(error.axis)?.includes(false) !== true) throw error;
      setting.set(error.axis, false);
    }
  }
}

/** All that a worker needs to read and run tests. */
export async function loadReader(root = packageRoot()): Promise<Reader> {
  await initC();
  const catalog = loadCatalog(join(root, 'simulator', 'catalog'), join(root, 'dist', 'simulator', 'catalog', 'packed.json'));
  return { catalog, frontEnds: FRONT_ENDS, engine: run };
}
