import { parentPort, workerData } from 'node:worker_threads';
import { storeIn } from '../cli/cache.js';
import { openBases } from '../cli/tree.js';
import { Claims } from './claims.js';
import type { WorkerData } from './other-thread.js';
import type { Plan } from './plan.js';
import type { Task } from './pipeline.js';
import { inTree, loadResources } from './resources.js';
import { openReview } from './open.js';
import { runPrepared } from './scenario-review.js';

/** A thread that runs scenarios which another has compiled. It ends when it is told to. */
const { inputs, tree, memory, thread } = workerData as WorkerData;
if (tree === null) throw new Error('a review without a tree has nothing to run that was compiled elsewhere');
const resources = inTree(loadResources(), storeIn(tree.cache));
const bases = await openBases(tree.path, tree);
if (typeof bases === 'string') throw new Error(bases);
const { length } = resources.scenarios;
const claims = Claims.in(memory, length);
const plans = new Map<number, Plan | null>();
for (const [i, input] of inputs.entries()) plans.set(i, openReview(resources, input, await bases.of(input.base)).plan);

parentPort?.on('message', (task: Task | null) => {
  if (task === null) {
    parentPort?.close();
    return;
  }
  const { job, prepared } = task;
  const plan = plans.get(Math.floor(job / length));
  const scenario = resources.scenarios[job % length];
  if (!plan || !scenario || !claims.take(thread, job)) return;
  parentPort?.postMessage({ job, part: runPrepared(resources, plan, scenario, prepared), opened: null });
});
