import { loadMails } from '../bot/ingest/mails.js';
import { loadResources } from '../bot/review/resources.js';
import { linked, versionOf } from '../bot/review/scenario-runs.js';
import { applyPatches } from '../bot/review/steps.js';
import { assemble } from '../bot/series/assemble.js';
import type { AxisValue } from '../simulator/interp/setup.js';
import type { Linked } from '../simulator/scenarios/link.js';
import { SOURCES } from './threads.js';

/** The riscv scenario at its larger size (a mapper and three users), with the code of a real patch: what the figures are about. */
export async function patchedScenario(unknown: 0 | 1): Promise<{ readonly title: string; readonly model: Linked }> {
  const resources = loadResources();
  const { mails } = await loadMails(SOURCES.riscv);
  const scenario = resources.scenarios.find((candidate) => candidate.spec.scenario === 'riscv/new-vmalloc-mapping');
  const [series] = assemble(mails).series;
  const size = scenario?.spec.measure;
  if (!scenario || !size || !series) throw new Error('no riscv scenario, or no series in the thread');
  const patches = series.patches.slice(0, 1).map(({ mail, diff }) => ({ messageId: mail.messageId, files: diff.files }));
  const [step] = applyPatches(resources.skeleton, patches);
  if (!step?.changed) throw new Error('the patch is not in the runs');
  const setting = new Map<string, AxisValue>([
    ['invalid-entries', 'cached'],
    ['Svvptc', false],
    ['ipi-rfence', false],
    ['?tlb_caching_invalid_entries', unknown],
  ]);
  const model = linked(resources, scenario, size, versionOf(resources, step.after, scenario, size), setting);
  return { title: `${scenario.spec.scenario}, 4 harts, after "${series.patches[0]?.title ?? ''}"`, model };
}
