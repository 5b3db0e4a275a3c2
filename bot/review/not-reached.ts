import type { Scenario } from '../../simulator/scenarios/spec.js';
import type { Review } from '../report/schema.js';
import type { Base } from '../tree/bases.js';
import type { ReviewInput } from './input.js';
import { conclude, openReview } from './open.js';
import type { Plan } from './plan.js';
import { mayReach } from './reach.js';
import { flushWords } from './relevance.js';
import type { Resources } from './resources.js';

/**
 * The reviews of inputs that have nothing to do with flush or fault logic, as `reviewOnThreads` gives them, but without what compiles and
 * runs scenarios: loading that takes longer than all the rest. Null where some input may have to do with it.
 */
export async function reviewsOfNothing(
  resources: Resources,
  inputs: readonly ReviewInput[],
  baseOf: (input: ReviewInput) => Promise<Base | null>,
): Promise<Review[] | null> {
  // The words are not the answer, which paths and merges give; but where there are some, looking further is seldom worth it.
  const speaks = ({ patches }: ReviewInput): boolean => patches.some(({ files }) => flushWords(resources, files).length > 0);
  if (inputs.some(speaks)) return null;
  const reviews: Review[] = [];
  for (const input of inputs) {
    const { opened, plan } = openReview(resources, input, await baseOf(input));
    // Patches of which nothing is at hand change no run, whichever scenario it is.
    const changes = plan?.steps.some(({ changed }) => changed) === true;
    if (changes && resources.scenarios.some((scenario) => cannotRuleOut(plan, scenario))) return null;
    reviews.push(conclude(resources, input, opened, []));
  }
  return reviews;
}

/** A fault on the way is not for here to report. */
function cannotRuleOut(plan: Plan, scenario: Scenario): boolean {
  try {
    return mayReach(plan, scenario);
  } catch {
    return true;
  }
}
