import { Worker } from 'node:worker_threads';
import type { RevisionOptions } from '../cli/tree.js';
import type { Claims } from './claims.js';
import type { ReviewInput } from './input.js';
import type { Done } from './jobs.js';
import type { Task } from './pipeline.js';
import type { Results } from './results.js';

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

/** The number of the thread that the user called; others have the numbers after it. */
export const HERE = 1;

/** Another thread at work. */
export class OtherThread {
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

  /** Gives it something to do. */
  post(task: Task | null): void {
    this.worker.postMessage(task);
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
