// Takes one rule of the machine away at a time and says which litmus tests change. Exits with 1 where none does.
// Run: npm run build && npx tsc -p bench && node dist/bench/litmus-rules.js [part of a rule's name]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../bot/package.js';
import { RULES, type Rule } from './litmus-rules/table.js';
import { table } from './threads.js';

const root = packageRoot();
const shared = process.env['FAULTLINE_SHARED'] ?? join(root, '..', 'shared');
const suites = [
  join(root, 'fixtures', 'litmus', 'aarch64-vm'),
  ...['aarch64-VMSA', 'aarch64-pgtable'].map((name) => join(shared, 'litmus', name)),
];

const reportSchema = z.object({
  suites: z.array(
    z.object({ run: z.string(), tests: z.array(z.object({ name: z.string(), comparison: z.string(), verdict: z.string().nullish() })) }),
  ),
});

/** Verdicts by run and test, of the program built in `dist`. */
function verdicts(dist: string, of: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const suite of of) {
    const run = spawnSync(process.execPath, [join(dist, 'bot', 'cli', 'main.js'), 'litmus', suite, '--json'], {
      encoding: 'utf8',
      timeout: 600_000,
      maxBuffer: 1 << 28,
    });
    if (run.stdout === '') throw new Error(`no verdicts for ${suite}: ${run.stderr}`);
    for (const { run: name, tests } of reportSchema.parse(JSON.parse(run.stdout)).suites)
      for (const test of tests) found.set(`${name}/${test.name}`, test.verdict ?? test.comparison);
  }
  return found;
}

/** The built program with one rule gone, in a folder of its own. Null where the text does not stand there exactly once. */
function without(rule: Rule, scratch: string): string | null {
  const dist = join(scratch, 'dist');
  rmSync(dist, { recursive: true, force: true });
  cpSync(join(root, 'dist'), dist, { recursive: true });
  const file = join(dist, rule.file.replace(/\.ts$/, '.js'));
  const text = readFileSync(file, 'utf8');
  if (text.split(rule.from).length !== 2) return null;
  writeFileSync(
    file,
    text.replace(rule.from, () => rule.to),
  );
  return dist;
}

const scratch = mkdtempSync(join(tmpdir(), 'faultline-rules-'));
for (const name of ['node_modules', 'bot', 'simulator', 'package.json']) symlinkSync(join(root, name), join(scratch, name));
const whole = new Map(suites.map((suite) => [suite, verdicts(join(root, 'dist'), [suite])]));
const wanted = process.argv[2] ?? '';
const rows = [['rule', 'tests that change', 'one of them']];
let bad = 0;
for (const rule of RULES.filter(({ name }) => name.includes(wanted))) {
  const dist = without(rule, scratch);
  if (dist === null) {
    bad++;
    rows.push([rule.name, 'NOT FOUND', `${rule.file} does not hold the text exactly once`]);
    continue;
  }
  let changed: string[] = [];
  // The first suite that notices is enough.
  for (const [suite, before] of whole) {
    const now = verdicts(dist, [suite]);
    // A test that runs out of time on a busy machine says nothing.
    changed = [...before].filter(([test, verdict]) => now.get(test) !== verdict && now.get(test) !== 'over-budget').map(([test]) => test);
    if (changed.length > 0) break;
  }
  const [first] = changed;
  if (first === undefined && rule.equivalent === undefined) bad++;
  rows.push([rule.name, first === undefined ? 'NONE' : String(changed.length), first ?? rule.equivalent ?? '']);
  process.stderr.write(`${rows.at(-1)?.join(' | ') ?? ''}\n`);
}
rmSync(scratch, { recursive: true });
process.stdout.write(`${table(rows)}\n\n${rows.length - 1} rules, ${bad} that no test watches or that do not apply\n`);
process.exitCode = bad === 0 ? 0 : 1;
