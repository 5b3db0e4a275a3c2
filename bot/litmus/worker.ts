import { readFileSync, statSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { fileTrouble } from '../cli/words.js';
import { loadReader } from './front-ends.js';
import { runOne } from './one.js';
import type { FromWorker, Job, ToWorker } from './pool.js';

/** No litmus test that people write comes near this size; the suites' largest has 10 kB. */
const MAX_BYTES = 1 << 20;

const port = parentPort;
if (port === null) throw new Error('bot/litmus/worker.ts runs as a worker thread');
const reader = await loadReader();
const post = (message: FromWorker): void => {
  port.postMessage(message);
};

port.on('message', ({ job, budget }: ToWorker) => {
  const began = performance.now();
  const text = readTest(job);
  const came =
    typeof text !== 'string' ? { name: job.name, outcome: text } : runOne(reader, { name: job.name, text, setting: job.setting }, budget);
  post({ k: 'came', came, ms: performance.now() - began });
});
post({ k: 'ready' });

function readTest({ file }: Job): string | { readonly k: 'unreadable'; readonly why: string } {
  try {
    if (statSync(file).size > MAX_BYTES) return { k: 'unreadable', why: `larger than ${MAX_BYTES} bytes` };
    return readFileSync(file, 'utf8');
  } catch (error) {
    return { k: 'unreadable', why: fileTrouble(error) };
  }
}
