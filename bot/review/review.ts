import type { Report, Review } from '../report/schema.js';
import type { Assembly } from '../series/types.js';
import type { Base } from '../tree/bases.js';
import type { ReviewInput } from './input.js';
import { inputsOf, reportOf } from './report.js';
import type { Resources } from './resources.js';
import { runAll } from './run-all.js';
import { alsoOnStandIns } from './stand-ins.js';

/** Reviews one input, on skeletons where there is no base. Pure but for the clock: the same input gives the same findings. */
export function review(resources: Resources, input: ReviewInput, base: Base | null): Review {
  const done = runAll(resources, input, base);
  return base === null ? done.review : alsoOnStandIns(resources, input, done.review, done.notRun);
}

/** Reviews everything that a source holds, on skeletons. */
export const reviewAssembly = (resources: Resources, source: string, assembly: Assembly): Report =>
  reportOf(
    resources.version,
    source,
    assembly,
    inputsOf(assembly).map((input) => review(resources, input, null)),
  );
