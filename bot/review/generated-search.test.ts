import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import { excluded, link } from '../../simulator/scenarios/link.js';
import { Learned, search } from '../../simulator/scenarios/run.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import { sameSearch } from '../../simulator/testing/same-search.js';
import { loadMails } from '../ingest/mails.js';
import { assemble } from '../series/assemble.js';
import { loadResources } from './resources.js';
import { versionOf } from './scenario-runs.js';
import { enumerate } from './settings.js';
import { applyPatches } from './steps.js';

const resources = loadResources();
const BUDGET = { states: 100_000, ms: 60_000 };

/** Searches one scenario under all settings and both windows, with generated code and without. Returns how many states they compared. */
function compared(scenario: Scenario, tree: SourceTree): number {
  const version = versionOf(resources, tree, scenario, scenario.spec.explore);
  let states = 0;
  let learned: Learned | null = null;
  enumerate(
    new Map(Object.entries(scenario.spec.axes)),
    (setting) => excluded(scenario, setting),
    (setting) => {
      const { catalog } = resources;
      const rows = { find: catalog.find.bind(catalog), features: catalog.features };
      const model = link(scenario, scenario.spec.explore, version.program, rows, setting, () => null);
      const known = (learned ??= new Learned(model));
      for (const window of [0, 1] as const) {
        const a = search(model, { window, budget: BUDGET, search: 'interpreted' }, known);
        const b = search(model, { window, budget: BUDGET, search: 'generated' }, known);
        sameSearch(a.run, b.run);
        states += b.run.states;
      }
    },
  );
  return states;
}

describe('the generated search of shipped scenarios finds what the interpreted one does, state for state', () => {
  beforeAll(initC);

  it.each(resources.scenarios.map((scenario) => [scenario.spec.scenario, scenario] as const))('%s', (_, scenario) => {
    expect(compared(scenario, resources.skeleton)).toBeGreaterThan(0);
  });

  it('and of those with the demo thread applied', async () => {
    const { mails } = await loadMails('fixtures/threads/demo.mbox');
    const series = assemble(mails).series.at(-1);
    const patches = series?.patches.map(({ mail, diff }) => ({ messageId: mail.messageId, files: diff.files })) ?? [];
    const after = applyPatches(resources.skeleton, patches).at(-1)?.after;
    if (!after) throw new Error('the demo thread has no patch');
    const states = resources.scenarios.map((scenario) => compared(scenario, after));
    expect(Math.max(...states)).toBeGreaterThan(100);
  });
});
