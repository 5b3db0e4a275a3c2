import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { AxisValue } from '../../simulator/interp/setup.js';
import { loadKindsFiles, type Setting } from '../litmus/kinds-files.js';
import { loadReader } from '../litmus/front-ends.js';
import { type Budget, readOne, underSetting } from '../litmus/one.js';
import { planRuns, type Run } from '../litmus/plan.js';
import { runJobs } from '../litmus/pool.js';
import { tallyTable, testLine } from '../litmus/print.js';
import { litmusReport } from '../litmus/schema.js';
import { drawWitness } from '../litmus/show.js';
import { findSuites, type Folders, testName } from '../litmus/suites.js';
import { exitStatus, tally } from '../litmus/tally.js';
import { compare, type Outcome, type TestResult } from '../litmus/types.js';
import { complain, fileTrouble } from './words.js';

export interface LitmusOptions {
  readonly kinds?: string;
  readonly axis?: readonly string[];
  readonly seconds?: string;
  readonly json?: true;
  readonly show?: string;
}

/** What a test may use: the longest anyone should wait for one, and what two workers can hold side by side. */
const LIMITS = { budget: { ms: 10_000, states: 2_000_000 }, heap: 4096, grace: 1_000 };

const folders: Folders = {
  kind: (path) => {
    try {
      const stat = lstatSync(path);
      return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
    } catch {
      return 'missing';
    }
  },
  list: (path) => {
    try {
      return readdirSync(path).sort();
    } catch {
      return [];
    }
  },
};

const MAX_SECONDS = 3600;

/** `faultline litmus`: runs tests, prints what came of them and returns the exit status. */
export async function litmusCommand(paths: readonly string[], options: LitmusOptions): Promise<number> {
  const axes = readAxes(options.axis ?? []);
  if (typeof axes === 'string') return complain(axes);
  const seconds = Number(options.seconds ?? LIMITS.budget.ms / 1000);
  if (!(seconds > 0 && seconds <= MAX_SECONDS)) return complain(`--seconds takes a number above 0 and up to ${MAX_SECONDS}`);
  const limits = { ...LIMITS, budget: { ...LIMITS.budget, ms: 1000 * seconds } };
  const found = findSuites(paths, folders);
  const faults = [...found.faults];
  const runs: Run[] = [];
  try {
    const rows = loadKindsFiles();
    for (const suite of found.suites) {
      const planned = planRuns(suite, { kinds: options.kinds ?? null, axes }, rows, (path) => readFileSync(path, 'utf8'));
      runs.push(...planned.runs);
      for (const fault of planned.faults) if (!faults.includes(fault)) faults.push(fault);
    }
  } catch (error) {
    return complain(`cannot read the table of kinds: ${fileTrouble(error)}`);
  }
  for (const fault of faults) complain(fault);
  if (runs.length === 0) return 2;
  if (options.show !== undefined) return await show(runs, options.show, limits.budget);
  const results = await runAll(runs, limits, options.json !== true);
  if (options.json) process.stdout.write(`${JSON.stringify(litmusReport(results), null, 2)}\n`);
  else process.stdout.write(`\n${tallyTable(results.map((each) => tally(each.run, each.results)))}`);
  return faults.length > 0 ? 2 : exitStatus(results.flatMap((each) => each.results));
}

/** Runs everything; with `print`, a line a test as soon as those before it are done. */
async function runAll(runs: readonly Run[], limits: typeof LIMITS, print: boolean): Promise<{ run: Run; results: TestResult[] }[]> {
  const all = runs.map((run) => ({ run, results: new Array<TestResult>() }));
  const jobs = all.flatMap((each) => each.run.tests.map((file) => ({ each, file })));
  await runJobs(
    jobs.map(({ each, file }) => ({ file, name: testName(file), setting: each.run.setting })),
    { ...limits, threads: availableParallelism() },
    (i, { name, outcome }, ms) => {
      const job = jobs[i];
      if (!job) return;
      const { run, results } = job.each;
      const expected = run.expected.get(name) ?? run.expected.get(testName(job.file)) ?? null;
      const result: TestResult = { name, file: job.file, outcome, expected, comparison: compare(outcome, expected), ms };
      if (print) process.stdout.write(`${results.length === 0 ? `${i === 0 ? '' : '\n'}${run.name}\n` : ''}${testLine(result)}`);
      results.push(result);
    },
  );
  return all;
}

/** Draws a run of a test, under the setting of each run that has it. */
async function show(runs: readonly Run[], name: string, budget: Budget): Promise<number> {
  const reader = await loadReader();
  let status = 2;
  let named = false;
  for (const run of runs) {
    for (const file of run.tests) {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        complain(`cannot read ${file}: ${fileTrouble(error)}`);
        continue;
      }
      if (testName(file) !== name && !text.slice(0, 4096).includes(name)) continue;
      const parsed = readOne(reader, { name: testName(file), text, setting: run.setting });
      const known = parsed.k === 'test' ? parsed.test.name : parsed.k === 'unsupported' ? parsed.name : testName(file);
      if (known !== name && testName(file) !== name) continue;
      named = true;
      process.stdout.write(`${name}, ${run.name}\n`);
      if (parsed.k !== 'test') {
        const comparison = parsed.k;
        const outcome: Outcome =
          parsed.k === 'malformed' ? parsed : { k: 'unsupported', feature: parsed.unsupported.feature, at: parsed.unsupported };
        process.stdout.write(testLine({ name, file, outcome, expected: null, comparison, ms: 0 }));
        continue;
      }
      const drawn = drawWitness(underSetting(parsed.test, run.setting), budget, process.stdout.columns || 100);
      if (drawn !== null) status = 0;
      process.stdout.write(drawn === null ? '  no run was found within the budget\n' : `${drawn}\n`);
    }
  }
  return named ? status : complain(`no test is called ${name}; give the name of one of the tests below the path`);
}

/** `NAME=VALUE`, each; the sentence that says what is wrong with one. */
function readAxes(given: readonly string[]): Setting | string {
  const axes: Record<string, AxisValue> = {};
  for (const text of given) {
    const found = /^([\w.-]+)=([\w.-]+)$/.exec(text);
    if (!found) return `--axis takes NAME=VALUE, as in FEAT_ETS2=true; "${text}" is not one`;
    const [, name = '', value = ''] = found;
    axes[name] = value === 'true' ? true : value === 'false' ? false : /^-?\d+$/.test(value) ? Number(value) : value;
  }
  return axes;
}
