import { summarise } from './judge.js';
import type { CaseResult, Index } from './types.js';

const SCHEMA = 'faultline-corpus/1';

/** What `faultline corpus --json` prints. No times: the same input gives the same bytes. */
export function corpusJson(index: Index, results: readonly CaseResult[]): string {
  const cases = results.map(({ case: of, ...rest }) => {
    const { id, file, arch, topic, label, expects, statement } = of;
    const { violations, names, atIssue, good } = statement;
    return { id, file, arch, class: topic, label, expects, stated: { violations, names, atIssue, good }, ...rest };
  });
  return `${JSON.stringify({ schema: SCHEMA, summary: summarise(results), cases, index: { faults: index.faults } }, null, 2)}\n`;
}
