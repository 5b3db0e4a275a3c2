import { parentPort, workerData } from 'node:worker_threads';
import { initC } from '../../analyzers/c/parser.js';
import { openBases } from '../cli/tree.js';
import { Claims } from './claims.js';
import { jobDoer } from './jobs.js';
import type { WorkerData } from './parallel.js';
import { inTree, loadResources } from './resources.js';

const { inputs, tree, memory, thread } = workerData as WorkerData;
await initC();
const resources = tree ? inTree(loadResources()) : loadResources();
const bases = tree && (await openBases(tree.path, tree));
if (typeof bases === 'string') throw new Error(bases);
const claims = Claims.in(memory, resources.scenarios.length);
const doJob = jobDoer(resources, inputs, bases, () => undefined);
for (let job = claims.claim(thread, null); job !== null; job = claims.claim(thread, job)) parentPort?.postMessage(await doJob(job));
bases?.close();
