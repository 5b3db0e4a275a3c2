import { decideVerdict } from '../report/verdict.js';
import type { Review } from '../report/schema.js';
import type { PatchInput, ReviewInput } from './input.js';
import { weightiestFirst } from './open.js';
import type { Resources } from './resources.js';
import { runAll } from './run-all.js';

/**
 * A review in a kernel tree, with what our own stand-ins show of the patches whose code no scenario runs in that tree (`notRun`): the scenarios
 * that are written for them, on their own code. Each of these runs says where it stood. What they show of the code before says nothing of the
 * tree, nor does their silence: only what a patch brings, takes away or costs there is told.
 */
export function alsoOnStandIns(resources: Resources, input: ReviewInput, inTree: Review, notRun: readonly PatchInput[]): Review {
  if (notRun.length === 0 || inTree.verdict === 'error') return inTree;
  const { review: other } = runAll({ ...resources, scenarios: resources.skeletonScenarios, store: null }, input, null);
  if (other.ran.length === 0) return inTree;
  const ids = new Set(notRun.map(({ messageId }) => messageId));
  const findings = other.findings.filter(({ patch, status }) => ids.has(patch) && status !== 'pre-existing');
  const base = other.base.replace(' (no tree at hand)', '');
  const names = notRun.map(({ index, subject }) => (input.kind === 'pasted' ? 'the pasted diff' : `patch ${String(index)} (${subject})`));
  const all = [...inTree.findings, ...findings].sort(weightiestFirst);
  return {
    ...inTree,
    verdict: decideVerdict({
      findings: all,
      ran: inTree.verdict === 'pre-existing' ? inTree.ran : [],
      whole: false,
      notModelled: inTree.notModelled,
      relevant: true,
      error: null,
    }),
    findings: all,
    counts: [...inTree.counts, ...other.counts],
    ran: [...inTree.ran, ...other.ran.map((row) => ({ ...row, base }))],
    selection: { ...inTree.selection, reached: [...inTree.selection.reached, ...other.selection.reached] },
    notes: [
      ...inTree.notes,
      `no scenario on the tree runs what ${names.join(', ')} changes, so it was run on ${base} as well, not on the tree`,
    ],
  };
}
