import { parentPort, workerData } from 'node:worker_threads';
import { initC } from '../../analyzers/c/parser.js';
import { Claims } from './claims.js';
import { jobDoer } from './jobs.js';
import type { WorkerData } from './other-thread.js';
import { loadResources } from './resources.js';

const { inputs, memory, thread } = workerData as WorkerData;
await initC();
const resources = loadResources();
const claims = Claims.in(memory, resources.scenarios.length);
const doJob = jobDoer(resources, inputs, () => undefined);
for (let job = claims.claim(thread, null); job !== null; job = claims.claim(thread, job)) parentPort?.postMessage(doJob(job));
