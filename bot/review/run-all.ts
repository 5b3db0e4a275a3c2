import type { Review } from '../report/schema.js';
import type { Base } from '../tree/bases.js';
import type { PatchInput, ReviewInput } from './input.js';
import { conclude, notRun, openReview } from './open.js';
import type { Resources } from './resources.js';
import { reviewScenario } from './scenario-review.js';

/**
 * Applies the patches one by one, to skeletons where there is no base, runs every scenario that they change, and compares. `notRun`: patches
 * with flush or fault logic that no scenario runs.
 */
export function runAll(
  resources: Resources,
  input: ReviewInput,
  base: Base | null,
): { readonly review: Review; readonly notRun: readonly PatchInput[] } {
  const { opened, plan } = openReview(resources, input, base);
  const parts = plan === null ? [] : resources.scenarios.map((scenario) => reviewScenario(resources, plan, scenario));
  return { review: conclude(resources, input, opened, parts), notRun: notRun(input, opened, parts) };
}
