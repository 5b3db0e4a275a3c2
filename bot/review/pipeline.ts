import { keepUnits, releaseUnits } from '../../analyzers/program/units.js';
import type { Bases } from '../tree/bases.js';
import { ARCHES } from '../../simulator/program/arch.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import type { Claims } from './claims.js';
import type { ReviewInput } from './input.js';
import { HERE, type OtherThread } from './other-thread.js';
import type { Plan } from './plan.js';
import { type Prepared, prepareScenario } from './prepare.js';
import type { Resources } from './resources.js';
import type { Results } from './results.js';
import { openReview } from './open.js';
import { guarded, runPrepared } from './scenario-review.js';
import { releaseVersions } from './scenario-runs.js';

/** A scenario that is ready to run, as a thread is given it; null ends the thread. */
export interface Task {
  readonly job: number;
  readonly prepared: Prepared;
}

interface Jobs {
  readonly inputs: readonly ReviewInput[];
  readonly bases: Pick<Bases, 'of'>;
  readonly claims: Claims;
  /** Receives what comes of each job. */
  readonly results: Results;
}

/**
 * Reviews in a kernel tree. Here compiling takes as long as running: this thread compiles, others run what is ready, and when all is compiled
 * this one runs what nobody has begun with. Only one thread has to hold what was read of the tree, and of one architecture at a time.
 */
export async function reviewInTree(
  resources: Resources,
  { inputs, bases, claims, results }: Jobs,
  progress: (review: number) => void,
  others: () => readonly OtherThread[],
): Promise<void> {
  const { length } = resources.scenarios;
  const plans: (Plan | null)[] = [];
  for (const [i, input] of inputs.entries()) {
    progress(i);
    const { opened, plan } = openReview(resources, input, await bases.of(input.base));
    results.opened.set(i, opened);
    plans.push(plan);
  }
  let threads: readonly OtherThread[] = [];
  const ready: (() => void)[] = [];
  const handed = new WeakMap<OtherThread, number>();
  const waiting: Task[] = [];
  const handOut = (): void => {
    if (threads.length === 0) threads = others();
    const [first] = threads;
    if (!first) return;
    for (const each of waiting.splice(0)) {
      const next = threads.reduce((least, thread) => ((handed.get(thread) ?? 0) < (handed.get(least) ?? 0) ? thread : least), first);
      handed.set(next, (handed.get(next) ?? 0) + 1);
      next.post(each);
    }
  };
  const prepare = (i: number, plan: Plan, scenario: Scenario, job: number): void => {
    const prepared = guarded(() => prepareScenario(resources, plan, scenario));
    if (prepared === null || 'k' in prepared) {
      claims.take(HERE, job);
      results.parts.set(job, prepared ?? { k: 'not-reached' });
      return;
    }
    waiting.push({ job, prepared });
    ready.push(() => {
      if (claims.take(HERE, job)) results.parts.set(job, runPrepared(resources, plan, scenario, prepared));
    });
    handOut();
  };
  for (const arch of ARCHES) {
    for (const [i, plan] of plans.entries()) {
      for (const [j, scenario] of likeliestFirst(resources.scenarios, plan)) {
        if (scenario.spec.arch !== arch) continue;
        if (plan === null) claims.take(HERE, i * length + j);
        else prepare(i, plan, scenario, i * length + j);
        await turn();
      }
    }
    if (resources.store) keepUnits(resources.catalog.rows, resources.store, arch);
    releaseUnits(resources.catalog.rows, arch);
    for (const plan of plans) for (const { before, after } of plan?.steps ?? []) for (const tree of [before, after]) releaseVersions(tree);
  }
  for (const run of ready.reverse()) {
    run();
    await turn();
  }
  for (const thread of threads) thread.post(null);
}

/** With their numbers: first those of files that the patches change, so that others have something to run. */
function likeliestFirst(scenarios: readonly Scenario[], plan: Plan | null): [number, Scenario][] {
  const touched = new Set(plan?.steps.flatMap(({ merges }) => merges.map(({ path }) => path)));
  const isLikely = ({ spec }: Scenario): boolean => spec.files.some((file) => touched.has(file));
  return [...scenarios.entries()].sort(([, a], [, b]) => Number(isLikely(b)) - Number(isLikely(a)));
}

/** Lets messages of other threads come in. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
