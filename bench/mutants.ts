// Mutation run of the machine: takes one rule away at a time and says which tests notice. Exits with 1 where nobody does.
// Run: npx tsc -p bench && node dist/bench/mutants.js [part of a rule's name]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Mutant } from './mutants/mutant.js';
import { MUTANTS } from './mutants/table.js';
import { table } from './threads.js';

/** Test files, in the order in which they are tried; the first that notices ends it. */
const TESTS = [
  'simulator/machine/invariants',
  'simulator/machine/litmus.test.ts',
  'analyzers/litmus/self-modifying',
  'bot/litmus/sample.test.ts',
  'simulator',
];
const RUN_MS = 3_600_000;

const reportSchema = z.object({
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })) })),
});

const scratch = mkdtempSync(join(tmpdir(), 'faultline-mutants-'));

/** Names of the tests that fail. A file that can't even be loaded counts as one. */
function failures(index: number, tests: string): string[] {
  const file = join(scratch, `${String(index)}.json`);
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'bench/mutants/config.ts',
    '--reporter=json',
    '--bail=1',
    `--outputFile=${file}`,
    tests,
  ];
  const run = spawnSync(process.execPath, args, {
    env: { ...process.env, FAULTLINE_MUTANT: String(index) },
    timeout: RUN_MS,
    stdio: 'ignore',
  });
  if (run.error) throw new Error(`${tests} took longer than ${String(RUN_MS / 1000)} s: ${run.error.message}`);
  const report = reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return report.testResults.flatMap((each) => {
    const failed = each.assertionResults.filter((test) => test.status === 'failed').map((test) => test.fullName);
    return failed.length === 0 && each.status === 'failed' ? ['a file of tests that does not load'] : failed;
  });
}

/** Mutants whose text is not, or not only once, where the table says: the machine has changed. */
const misplaced = (mutant: Mutant): boolean => readFileSync(mutant.file, 'utf8').split(mutant.from).length !== 2;

const wanted = process.argv[2] ?? '';
const rows = [['rule', 'killed by', 'one of the tests']];
let bad = 0;
MUTANTS.forEach((mutant, index) => {
  if (!mutant.rule.includes(wanted)) return;
  if (misplaced(mutant)) {
    bad++;
    rows.push([mutant.rule, 'NOT FOUND', `${mutant.file} does not hold the text exactly once`]);
    return;
  }
  let failed: string[] = [];
  for (const tests of mutant.tests ?? TESTS) {
    failed = failures(index, tests);
    if (failed.length > 0) break;
  }
  const [first] = failed;
  if (first === undefined && mutant.equivalent === undefined) bad++;
  rows.push([mutant.rule, first === undefined ? 'SURVIVED' : `${String(failed.length)} tests`, first ?? mutant.equivalent ?? '']);
  process.stderr.write(`${rows.at(-1)?.join(' | ') ?? ''}\n`);
});
rmSync(scratch, { recursive: true });
process.stdout.write(`${table(rows)}\n\n${String(rows.length - 1)} mutants, ${String(bad)} that no test notices or that do not apply\n`);
process.exitCode = bad === 0 ? 0 : 1;
