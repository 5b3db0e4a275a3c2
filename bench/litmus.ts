// Verdicts and times of every litmus suite at hand, ours and those in ../shared/litmus (FAULTLINE_SHARED names another folder).
// Run: npm run build && npx tsc -p bench && node dist/bench/litmus.js
//   --write   puts the table into docs/litmus.md
//   --check   fails where verdict counts differ from those in docs/litmus.md; times may differ
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Recorded, readRecord, recordOf, recordText, type Times, withRecord } from '../bot/litmus/record.js';
import { parseLitmusReport } from '../bot/litmus/schema.js';
import { table } from './threads.js';

const DOCUMENT = join('docs', 'litmus.md');
const SHARED = join(process.env['FAULTLINE_SHARED'] ?? join('..', 'shared'), 'litmus');
const PROGRAM = join(import.meta.dirname, '..', 'bot', 'cli', 'main.js');
const mode = process.argv[2];
if (mode !== undefined && mode !== '--write' && mode !== '--check') {
  process.stderr.write('bench/litmus takes --write, --check or nothing\n');
  process.exit(2);
}

/** Folders of suites, ours first. */
function suites(): string[] {
  const here = join('fixtures', 'litmus');
  const roots = [here, SHARED].filter((root) => existsSync(root));
  if (!roots.includes(SHARED)) {
    if (process.env['CI'] !== undefined) throw new Error(`${SHARED} is absent, and its suites must not be skipped in CI`);
    process.stderr.write(`SKIPPED: ${SHARED} is absent; set FAULTLINE_SHARED to run the suites in it\n`);
  }
  return roots.flatMap((root) =>
    readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(root, entry.name))
      .sort(),
  );
}

function run(folder: string): { readonly recorded: Recorded; readonly times: Times }[] {
  const began = performance.now();
  const ran = spawnSync(process.execPath, [PROGRAM, 'litmus', folder, '--json'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = (performance.now() - began) / 1000;
  if (ran.stdout === '') throw new Error(`${folder}: ${ran.stderr}`);
  const report = parseLitmusReport(ran.stdout);
  const all = report.suites.reduce((sum, suite) => sum + suite.ms.sum, 0);
  // Runs of one folder share a start; each gets its part of the time that passed.
  return report.suites.map((suite) => {
    const { median, p95, max, sum } = suite.ms;
    return { recorded: recordOf(suite), times: { median, p95, max, seconds: all === 0 ? seconds : (seconds * sum) / all } };
  });
}

/** What herd7 needs for the tests of one suite; where there is no herd7, what its users were told. */
function herd(folder: string): string {
  if (spawnSync('herd7', ['-version']).error !== undefined)
    return 'herd7 is not installed. Published for its virtual memory tests: median 29 ms a test, up to minutes; Isla on page tables: median 12 s.';
  const times = readdirSync(folder)
    .filter((name) => name.endsWith('.litmus'))
    .map((name) => {
      const began = performance.now();
      spawnSync('herd7', ['-variant', 'vmsa', join(folder, name)], { timeout: 60_000 });
      return performance.now() - began;
    })
    .sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(0);
  return `herd7 on ${folder}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms (stopped at 60,000)`;
}

const began = performance.now();
const runs = suites().flatMap(run);
const rows = runs.map(({ recorded: r, times }) => {
  const share = (part: number, of: number): string => (of === 0 ? '–' : `${((100 * part) / of).toFixed(1)} %`);
  const counts = [String(r.tests), share(r.supported, r.tests), share(r.agree, r.supported - r.noExpectation)];
  return [r.run, ...counts, ...[times.median, times.p95, times.max, times.seconds].map((n) => n.toFixed(1))];
});
process.stdout.write(`${table([['suite', 'tests', 'supported', 'agree', 'median ms', 'p95 ms', 'max ms', 'seconds'], ...rows])}\n`);
process.stdout.write(
  `\n${((performance.now() - began) / 1000).toFixed(1)} s in all, ${runs.reduce((sum, { recorded }) => sum + recorded.tests, 0)} runs of tests\n`,
);
if (mode === undefined && existsSync(SHARED)) process.stdout.write(`${herd(join(SHARED, 'aarch64-VMSA'))}\n`);

const document = readFileSync(DOCUMENT, 'utf8');
if (mode === '--write') {
  const text = withRecord(document, recordText(runs));
  if (text === null) throw new Error(`${DOCUMENT} has no place for the table`);
  writeFileSync(DOCUMENT, text);
}
if (mode === '--check') {
  const known = new Map(readRecord(document).map((each) => [each.run, each]));
  const differ = runs.filter(({ recorded }) => JSON.stringify(known.get(recorded.run)) !== JSON.stringify(recorded));
  for (const { recorded } of differ)
    process.stdout.write(
      `${recorded.run} is not as docs/litmus.md records it:\n  ${JSON.stringify(known.get(recorded.run))}\n  ${JSON.stringify(recorded)}\n`,
    );
  if (differ.length > 0) process.exitCode = 1;
  else process.stdout.write('docs/litmus.md is up to date\n');
}
