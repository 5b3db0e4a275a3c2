import type { Report, Review } from '../report/schema.js';
import type { Assembly } from '../series/types.js';
import type { Base } from '../tree/bases.js';
import type { ReviewInput } from './input.js';
import { conclude, openReview } from './open.js';
import { inputsOf, reportOf } from './report.js';
import type { Resources } from './resources.js';
import { reviewScenario } from './scenario-review.js';

/**
 * Applies the patches one by one, to skeletons where there is no base, runs every scenario that they change, and compares. Pure but for the
 * clock: the same input gives the same findings.
 */
export function review(resources: Resources, input: ReviewInput, base: Base | null): Review {
  const { opened, plan } = openReview(resources, input, base);
  const parts = plan === null ? [] : resources.scenarios.map((scenario) => reviewScenario(resources, plan, scenario));
  return conclude(resources, input, opened, parts);
}

/** Reviews everything that a source holds, on skeletons. */
export const reviewAssembly = (resources: Resources, source: string, assembly: Assembly): Report =>
  reportOf(
    resources.version,
    source,
    assembly,
    inputsOf(assembly).map((input) => review(resources, input, null)),
  );
