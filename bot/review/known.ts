import { isKernel } from '../../analyzers/source/kernel.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { ScenarioSpec } from '../../simulator/scenarios/spec.js';
import type { Finding } from '../report/schema.js';

/** What a scenario says that a released kernel itself shows, where `tree` is that kernel and the findings have it as there before: a sentence each. */
export function knownOf(
  { scenario, known }: Pick<ScenarioSpec, 'scenario' | 'known'>,
  tree: SourceTree,
  findings: readonly Pick<Finding, 'status' | 'violation'>[],
): string[] {
  return known
    .filter((each) => isKernel(tree, each.kernel))
    .filter((each) => findings.some(({ status, violation }) => status === 'pre-existing' && violation === each.violation))
    .map(({ kernel, violation, why }) => `${violation} in ${scenario} is known of Linux ${kernel}: ${why}`);
}
