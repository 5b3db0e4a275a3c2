import { Worker } from 'node:worker_threads';
import type { RevisionOptions } from '../cli/tree.js';
import type { Review } from '../report/schema.js';
import type { Bases } from '../tree/bases.js';
import { Claims } from './claims.js';
import type { ReviewInput } from './input.js';
import { type Done, jobDoer } from './jobs.js';
import type { Resources } from './resources.js';
import { conclude, type Opened, openReview } from './review.js';
import type { ScenarioReview } from './scenario-review.js';

/** The kernel tree that patches go on, as the user named it. */
export interface NamedTree extends RevisionOptions {
  readonly path: string;
  /** The folder where what is derived from it is kept; null: nothing is. */
  readonly cache: string | null;
}

/** What a worker starts with. It claims jobs, says what came of each (`Done`), and ends when none is left. */
export interface WorkerData {
  readonly inputs: readonly ReviewInput[];
  /** Opened by each worker for itself. */
  readonly tree: NamedTree | null;
  readonly memory: SharedArrayBuffer;
  readonly thread: number;
}

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

const WORKER = new URL('./worker.js', import.meta.url);
/** Several times what a search holds that fills its budget of states. */
const HEAP_MIB = 2048;
const HERE = 1;

/** Reviews all inputs, scenario by scenario, on several threads. The reviews are the same for every number of them. */
export async function reviewOnThreads(
  resources: Resources,
  { inputs, on }: Work,
  { threads, alone, script = WORKER, heap = HEAP_MIB }: Threads,
  progress: (review: number) => void,
): Promise<Review[]> {
  const { length } = resources.scenarios;
  const claims = Claims.forJobs(inputs.length, length);
  const results = new Results(length);
  const others: Other[] = [];
  const began = process.cpuUsage();
  const callOthers = (): void => {
    if (others.length > 0 || process.cpuUsage(began).user < 1000 * alone) return;
    const wanted = Math.min(threads - 1, claims.left);
    for (let i = 1; i <= wanted; i++)
      others.push(
        new Other({ script, heap }, { inputs, tree: on?.tree ?? null, memory: claims.memory, thread: HERE + i }, claims, results),
      );
  };
  const doJob = jobDoer(resources, inputs, on?.bases ?? null, callOthers);
  try {
    for (let job = claims.claim(HERE, null); job !== null; job = claims.claim(HERE, job)) {
      if (job % length === 0) progress(job / length);
      callOthers();
      results.add(await doJob(job));
    }
    // Every job is somebody's now; a thread that owes none may still be starting.
    await Promise.all(others.filter((other) => other.owes().length > 0).map((other) => other.ended));
    const reviews: Review[] = [];
    for (const [i, input] of inputs.entries()) {
      // Whoever had to open it may be gone.
      const opened = results.opened.get(i) ?? openReview(resources, input, (await on?.bases.of(input.base)) ?? null).opened;
      const parts = resources.scenarios.map((_, j) => results.parts.get(i * length + j) ?? LOST);
      reviews.push(conclude(resources, input, opened, parts));
    }
    return reviews;
  } finally {
    await Promise.all(others.map((other) => other.stop()));
  }
}

/** No thread has it: what a thread claims and does not give back is entered as failed when the thread ends. */
const LOST: ScenarioReview = { k: 'failed', why: 'nobody ran it' };

/** What has come in, by job and by review. */
class Results {
  readonly parts = new Map<number, ScenarioReview>();
  readonly opened = new Map<number, Opened>();

  /** `scenarios`: how many there are, hence jobs of a review. */
  constructor(private readonly scenarios: number) {}

  add({ job, part, opened }: Done): void {
    this.parts.set(job, part);
    if (opened) this.opened.set(Math.floor(job / this.scenarios), opened);
  }
}

/** Another thread at work. */
class Other {
  readonly ended: Promise<void>;
  private readonly worker: Worker;

  constructor(
    { script, heap }: { readonly script: URL; readonly heap: number },
    private readonly workerData: WorkerData,
    private readonly claims: Claims,
    private readonly results: Results,
  ) {
    this.worker = new Worker(script, { workerData, resourceLimits: { maxOldGenerationSizeMb: heap } });
    let why = 'its thread ended before it was done';
    this.worker.on('message', (done: Done) => {
      results.add(done);
    });
    this.worker.on('error', (error: unknown) => {
      const memory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      const message = error instanceof Error ? error.message : String(error);
      why = memory ? `given up: it takes more than ${String(heap)} MiB of memory` : `its thread crashed: ${message}`;
    });
    this.ended = new Promise((resolve) => {
      this.worker.on('exit', () => {
        for (const job of this.owes()) results.parts.set(job, { k: 'failed', why });
        resolve();
      });
    });
  }

  /** Jobs that it has claimed and not given back. */
  owes(): number[] {
    return this.claims.of(this.workerData.thread).filter((job) => !this.results.parts.has(job));
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
