import { Worker } from 'node:worker_threads';
import type { Setting } from './kinds-files.js';
import type { Budget, Came } from './one.js';

/** One test to run. */
export interface Job {
  readonly file: string;
  /** Name to use where the text gives none. */
  readonly name: string;
  readonly setting: Setting;
}

export interface ToWorker {
  readonly job: Job;
  readonly budget: Budget;
}

export type FromWorker = { readonly k: 'ready' } | { readonly k: 'came'; readonly came: Came; readonly ms: number };

export interface Limits {
  readonly threads: number;
  readonly budget: Budget;
  /** Heap of a worker, in MiB. */
  readonly heap: number;
  /** A test that does not give up by itself within its budget is stopped after this many milliseconds more. */
  readonly grace: number;
}

/**
 * Runs jobs on worker threads. `take` gets each job's result in the order of the jobs, whatever the order they end in. A test that runs out
 * of time or memory costs its worker; the others go on.
 */
export function runJobs(jobs: readonly Job[], limits: Limits, take: (job: number, came: Came, ms: number) => void): Promise<void> {
  const done = new Map<number, { readonly came: Came; readonly ms: number }>();
  let next = 0;
  let shown = 0;
  const finish = (i: number, came: Came, ms: number): void => {
    done.set(i, { came, ms });
    for (let result = done.get(shown); result; result = done.get(shown)) {
      done.delete(shown);
      take(shown++, result.came, result.ms);
    }
  };
  const threads = Math.max(1, Math.min(limits.threads, jobs.length));
  const run = async (): Promise<void> => {
    let hand: Hand | null = null;
    for (let i = next++; ; i = next++) {
      const job = jobs[i];
      if (!job) break;
      hand ??= new Hand(limits);
      const { came, ms, alive } = await hand.run(job);
      if (!alive) hand = null;
      finish(i, came, ms);
    }
    await hand?.close();
  };
  return Promise.all(Array.from({ length: threads }, run)).then(() => undefined);
}

interface Done {
  readonly came: Came;
  readonly ms: number;
  /** Whether the worker can take another test. */
  readonly alive: boolean;
}

/** One worker thread. */
class Hand {
  private readonly worker: Worker;
  private readonly ready: Promise<void>;
  private settle: (message: FromWorker | Error) => void = () => undefined;

  constructor(private readonly limits: Limits) {
    this.worker = new Worker(new URL('./worker.js', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: limits.heap } });
    this.ready = new Promise((resolve, reject) => {
      this.settle = (message) => {
        if (message instanceof Error) reject(message);
        else resolve();
      };
    });
    this.worker.on('message', (message: FromWorker) => {
      this.settle(message);
    });
    this.worker.on('error', (error) => {
      this.settle(error instanceof Error ? error : new Error(String(error)));
    });
  }

  async run(job: Job): Promise<Done> {
    await this.ready;
    const began = performance.now();
    return new Promise((resolve) => {
      const { ms } = this.limits.budget;
      const stop = (outcome: Came['outcome']): void => {
        clearTimeout(timer);
        void this.worker.terminate();
        resolve({ came: { name: job.name, outcome }, ms: performance.now() - began, alive: false });
      };
      const timer = setTimeout(() => {
        stop({ k: 'over-budget', of: 'time' });
      }, ms + this.limits.grace);
      this.settle = (message) => {
        if (message instanceof Error) {
          const memory = 'code' in message && message.code === 'ERR_WORKER_OUT_OF_MEMORY';
          stop(memory ? { k: 'over-budget', of: 'memory' } : { k: 'failed', why: message.message });
        } else if (message.k === 'came') {
          clearTimeout(timer);
          resolve({ came: message.came, ms: message.ms, alive: true });
        }
      };
      const to: ToWorker = { job, budget: this.limits.budget };
      this.worker.postMessage(to);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
