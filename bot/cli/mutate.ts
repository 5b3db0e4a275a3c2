import { initC } from '../../analyzers/c/parser.js';
import { mutateScenario, type ScenarioMutants } from '../mutate/mutate.js';
import { baselineLine, mutantTable } from '../mutate/print.js';
import { mutateReport } from '../mutate/schema.js';
import { summarise } from '../mutate/summary.js';
import { loadResources } from '../review/resources.js';

export interface MutateOptions {
  readonly scenario?: readonly string[];
  readonly json?: true;
}

/** `faultline mutate`: runs the mutants of what scenarios run, prints what became of each and returns the exit status. */
export async function mutateCommand(options: MutateOptions): Promise<number> {
  const resources = loadResources();
  const wanted = options.scenario ?? [];
  const named = (name: string): boolean => wanted.length === 0 || wanted.some((each) => name === each || name.startsWith(`${each}/`));
  for (const each of wanted) {
    if (resources.scenarios.some(({ spec }) => spec.scenario === each || spec.scenario.startsWith(`${each}/`))) continue;
    return complain(`no scenario ${each}; there are ${resources.scenarios.map(({ spec }) => spec.scenario).join(', ')}`);
  }
  await initC();
  const progress = (what: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[Kfaultline: ${what}`);
  };
  const all: ScenarioMutants[] = [];
  for (const scenario of resources.scenarios.filter(({ spec }) => named(spec.scenario))) {
    const done = mutateScenario(resources, resources.skeleton, scenario, progress);
    all.push(done);
    if (options.json !== true) process.stdout.write(baselineLine(done.baseline));
  }
  const mutants = summarise(all);
  if (options.json)
    process.stdout.write(
      `${JSON.stringify(
        mutateReport(
          all.map((each) => each.baseline),
          mutants,
        ),
        null,
        2,
      )}\n`,
    );
  else process.stdout.write(`\n${mutantTable(mutants)}`);
  return mutants.some(({ fate }) => fate.k === 'survived') ? 1 : 0;
}

function complain(why: string): number {
  process.stderr.write(`faultline: ${why}\n`);
  return 2;
}
