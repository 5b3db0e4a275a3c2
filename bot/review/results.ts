import type { Done } from './jobs.js';
import type { Opened } from './open.js';
import type { ScenarioReview } from './scenario-review.js';

/** No thread has it: what a thread claims and does not give back is entered as failed when the thread ends. */
const LOST: ScenarioReview = { k: 'failed', why: 'nobody ran it' };

/** What has come in, by job and by review. */
export class Results {
  readonly parts = new Map<number, ScenarioReview>();
  readonly opened = new Map<number, Opened>();

  /** `scenarios`: how many there are, hence jobs of a review. */
  constructor(private readonly scenarios: number) {}

  add({ job, part, opened }: Done): void {
    this.parts.set(job, part);
    if (opened) this.opened.set(Math.floor(job / this.scenarios), opened);
  }

  /** What came of the scenarios of a review, in their order. */
  of(review: number): ScenarioReview[] {
    return Array.from({ length: this.scenarios }, (_, i) => this.parts.get(review * this.scenarios + i) ?? LOST);
  }
}
