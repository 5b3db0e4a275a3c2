import type { ReviewInput } from './input.js';
import type { Plan } from './plan.js';
import type { Resources } from './resources.js';
import { type Opened, openReview } from './open.js';
import { reviewScenario, type ScenarioReview } from './scenario-review.js';

/** What came of one job, which is one scenario of one review. */
export interface Done {
  readonly job: number;
  readonly part: ScenarioReview;
  /** With the first job of a review that a thread does. */
  readonly opened: Opened | null;
}

/**
 * The function that does jobs of reviews on skeletons; they are numbered review by review, scenario by scenario. What it says of one hangs on nothing but the resources,
 * the inputs and the job's number.
 */
export function jobDoer(resources: Resources, inputs: readonly ReviewInput[], between: () => void): (job: number) => Done {
  let at: { readonly input: ReviewInput; readonly plan: Plan | null } | null = null;
  return (job) => {
    const input = inputs[Math.floor(job / resources.scenarios.length)];
    const scenario = resources.scenarios[job % resources.scenarios.length];
    let part: ScenarioReview = { k: 'not-reached' };
    let opened: Opened | null = null;
    if (input && scenario) {
      if (at?.input !== input) {
        const open = openReview(resources, input, null);
        ({ opened } = open);
        at = { input, plan: open.plan };
      }
      if (at.plan) part = reviewScenario(resources, at.plan, scenario, between);
    }
    return { job, part, opened };
  };
}
