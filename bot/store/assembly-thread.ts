import { Worker } from 'node:worker_threads';
import type { CachedMail } from './cache.js';
import type { ThreadRows } from './thread-rows.js';

/** Threads to assemble, and mails that need not be decoded for it. */
export interface AssemblyRequest {
  readonly threads: readonly number[];
  readonly fresh: readonly CachedMail[];
}

const HEAP_MB = 1024;

/** The other end of `assembly-worker`: one request at a time. */
export class AssemblyThread {
  readonly #worker: Worker;
  #settle: { resolve: (rows: readonly ThreadRows[]) => void; reject: (error: Error) => void } | null = null;
  #failed: Error | null = null;

  constructor(file: string, cacheBytes: number) {
    this.#worker = new Worker(new URL('./assembly-worker.js', import.meta.url), {
      workerData: { file, cacheBytes },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    this.#worker.on('message', (rows: readonly ThreadRows[]) => {
      this.#settle?.resolve(rows);
      this.#settle = null;
    });
    this.#worker.on('error', (error: unknown) => {
      this.#failed = error instanceof Error ? error : new Error(String(error));
      this.#settle?.reject(this.#failed);
      this.#settle = null;
    });
  }

  assemble(request: AssemblyRequest): Promise<readonly ThreadRows[]> {
    return new Promise((resolve, reject) => {
      if (this.#failed !== null) {
        reject(this.#failed);
        return;
      }
      this.#settle = { resolve, reject };
      this.#worker.postMessage(request);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
