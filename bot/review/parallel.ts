import type { Bases } from '../tree/bases.js';
import type { Review } from '../report/schema.js';
import { Claims } from './claims.js';
import type { ReviewInput } from './input.js';
import { jobDoer } from './jobs.js';
import { HERE, type NamedTree, OtherThread } from './other-thread.js';
import { reviewInTree } from './pipeline.js';
import type { Resources } from './resources.js';
import { Results } from './results.js';
import { conclude, notRun, openReview } from './open.js';
import { alsoOnStandIns } from './stand-ins.js';

/** All that is to be reviewed, and on what: without a tree, on skeletons. */
export interface Work {
  readonly inputs: readonly ReviewInput[];
  readonly on: { readonly tree: NamedTree; readonly bases: Pick<Bases, 'of'> } | null;
}

export interface Threads {
  /** Threads that run scenarios, this one among them. */
  readonly threads: number;
  /** Milliseconds of CPU time that this thread works alone: another would first have to load and warm up what this one has. */
  readonly alone: number;
  /** What the others run, and the most they may keep, in MiB; for tests. */
  readonly script?: URL;
  readonly heap?: number;
}

/** Several times what a search holds that fills its budget of states. */
const HEAP_MIB = 2048;

const WORKER = new URL('./worker.js', import.meta.url);
const RUNNER = new URL('./runner.js', import.meta.url);

/** Reviews all inputs, scenario by scenario, on several threads. The reviews are the same for every number of them. */
export async function reviewOnThreads(
  resources: Resources,
  { inputs, on }: Work,
  { threads, alone, script, heap = HEAP_MIB }: Threads,
  progress: (review: number) => void,
): Promise<Review[]> {
  const { length } = resources.scenarios;
  const claims = Claims.forJobs(inputs.length, length);
  const results = new Results(length);
  const others: OtherThread[] = [];
  const began = process.cpuUsage();
  const call = (program: URL, wanted: number): void => {
    if (others.length > 0 || process.cpuUsage(began).user < 1000 * alone) return;
    for (let i = 1; i <= wanted; i++) {
      const data = { inputs, tree: on?.tree ?? null, memory: claims.memory, thread: HERE + i };
      others.push(new OtherThread({ script: script ?? program, heap }, data, claims, results));
    }
  };
  try {
    if (on !== null) {
      await reviewInTree(resources, { inputs, bases: on.bases, claims, results }, progress, () => {
        call(RUNNER, threads - 1);
        return others;
      });
    } else {
      const callOthers = (): void => {
        call(WORKER, Math.min(threads - 1, claims.left));
      };
      const doJob = jobDoer(resources, inputs, callOthers);
      for (let job = claims.claim(HERE, null); job !== null; job = claims.claim(HERE, job)) {
        if (job % length === 0) progress(job / length);
        callOthers();
        results.add(doJob(job));
        await turn();
      }
    }
    // Every job is somebody's now; a thread that owes none may still be starting.
    await Promise.all(others.filter((other) => other.owes().length > 0).map((other) => other.ended));
    const reviews: Review[] = [];
    for (const [i, input] of inputs.entries()) {
      // Whoever had to open it may be gone.
      const opened = results.opened.get(i) ?? openReview(resources, input, (await on?.bases.of(input.base)) ?? null).opened;
      const parts = results.of(i);
      const review = conclude(resources, input, opened, parts);
      reviews.push(on === null ? review : alsoOnStandIns(resources, input, review, notRun(input, opened, parts)));
    }
    return reviews;
  } finally {
    await Promise.all(others.map((other) => other.stop()));
  }
}

/** Lets messages of other threads come in. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
