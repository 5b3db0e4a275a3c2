import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReportText, type Finding, type Report } from '../report/schema.js';
import { faultline, PROGRAM, ROOT, showsInside } from './testing/run.js';

/** The thread that `npm start` reviews, through every way in and out of the program. */
const DEMO = `${ROOT}fixtures/threads/demo.mbox`;

let folder: string;
let report: Report;
let path: string;
let finding: Finding;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-demo-'));
  path = join(folder, 'report.json');
  const ran = faultline(['review', DEMO, '--report', path]);
  expect(ran.stderr).toBe('');
  expect(ran.status).toBe(1);
  const read = parseReportText(readFileSync(path, 'utf8'));
  if (!read.ok) throw new Error(read.error);
  report = read.report;
  const first = report.reviews[0]?.findings[0];
  if (!first) throw new Error('the demo has no finding');
  finding = first;
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the demo', () => {
  it('is one review with one finding: the lost update, ending in a fault', () => {
    expect(report.reviews.map((review) => [review.kind, review.verdict])).toEqual([['series', 'introduced']]);
    expect(report.reviews[0]?.findings.map(({ status, violation, scenario }) => ({ status, violation, scenario }))).toEqual([
      { status: 'introduced', violation: 'lost-update', scenario: 'riscv/new-vmalloc-mapping' },
    ]);
    expect(finding.exhaustive).toBe(true);
    const functions = finding.functions.filter(({ from }) => from === 'patch').map(({ name }) => name);
    expect(functions).toEqual(expect.arrayContaining(['flush_cache_vmap', 'handle_exception']));
  });

  it('every hunk is brought in', () => {
    const patch = report.reviews[0];
    expect(JSON.stringify(patch)).not.toMatch(/not in the runs|cannot be used|no code at hand/);
  });

  it('the answer on the first screen of the README is a real one, shortened', () => {
    const readme = readFileSync(`${ROOT}README.md`, 'utf8');
    const shown = readme.slice(0, readme.indexOf('npm ci && npm start')).split('\n');
    const lines = shown.flatMap((line) => (line.startsWith('    ') && line.trim() !== '' && line.trim() !== '…' ? [line.slice(4)] : []));
    expect(lines.length).toBeGreaterThan(10);
    const answer = faultline(['review', DEMO]).stdout.split('\n');
    expect(lines.filter((line) => !answer.includes(line))).toEqual([]);
  });

  it('follows its input: with an atomic instruction in place of load and store there is no race', () => {
    const text = readFileSync(DEMO, 'utf8');
    const atomic = text
      .slice(0, text.indexOf('\nFrom mboxrd@z', 10) + 1)
      .replace('+\txor t2, t2, t1\n+\tREG_S t2, 0(t0)\n', '+\tnot t1, t1\n+\tamoand.d x0, t1, (t0)\n');
    expect(atomic).toContain('amoand.d');
    const ran = faultline(['review', '-'], atomic);
    expect(ran.stdout).toMatch(/^clean: riscv: Fence new vmalloc mappings on the first fault$/m);
    expect(ran.status).toBe(0);
  });

  it('reads the same from standard input', () => {
    const ran = faultline(['review', '-', '--json'], readFileSync(DEMO));
    const read = parseReportText(ran.stdout);
    expect(read.ok && read.report.reviews[0]?.findings.map(({ id }) => id)).toEqual([finding.id]);
    expect(ran.status).toBe(1);
  });

  it('writes no colours into a pipe, whatever the environment says', () => {
    for (const env of [{}, { CI: 'true' }, { FORCE_COLOR: '1' }]) {
      expect(faultline(['review', DEMO], '', env).stdout.includes('\u001b')).toBe(false);
    }
  });

  it('a reader that closes the pipe early is nobody’s fault', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'review', DEMO, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toBe('');
    expect([0, 1]).toContain(status);
  });
});

describe('replay', () => {
  it('lists the findings, and steps through one by the beginning of its id', () => {
    expect(faultline(['replay', path]).stdout).toContain(finding.id);
    const ran = faultline(['replay', path, finding.id.slice(0, 6)]);
    expect(ran.stdout).toContain(`1/${String(finding.trace.length)}`);
    expect(ran.stdout).toMatch(/may still act on/);
    expect(ran.status).toBe(0);
  });

  it.each([
    ['a file that is not there', () => join(folder, 'missing.json'), /cannot read .*missing\.json/],
    ['an empty file', () => made('empty.json', ''), /empty\.json: not JSON/],
    ['a mail', () => DEMO, /demo\.mbox: not JSON/],
    ['broken JSON', () => made('broken.json', '{'), /broken\.json: not JSON/],
    ['JSON of another program', () => made('foreign.json', '{"a":1}'), /foreign\.json: not a faultline report/],
    ['a report of another version', () => made('later.json', '{"schema":"faultline-report/99"}'), /"faultline-report\/99"/],
    ['a report with fields missing', () => made('torn.json', `{"schema":"${report.schema}"}`), /torn\.json: not a valid report/],
    ['a folder', () => folder, /cannot read/],
  ])('%s', (_, source, sentence) => {
    const ran = faultline(['replay', source(), finding.id]);
    expect(ran.said).toMatch(sentence);
    expect(ran.said).not.toMatch(/ENOENT|EISDIR/);
    expect(showsInside(ran.stderr)).toBe(false);
    expect(ran.status).toBe(2);
  });

  it('an id that the report does not have: says which it has', () => {
    const ran = faultline(['replay', path, 'zzz']);
    expect(ran.said).toMatch(/no finding "zzz"/);
    expect(ran.said).toContain(finding.id);
    expect(ran.status).toBe(2);
  });

  it('a step that is not there', () => {
    for (const [step, sentence] of [
      ['0', /steps 1 to \d+; there is no step 0/],
      ['999', /steps 1 to \d+; there is no step 999/],
      ['x', /takes the number of a step/],
    ] as const) {
      const ran = faultline(['replay', path, finding.id, '--step', step]);
      expect(ran.said).toMatch(sentence);
      expect(ran.status).toBe(2);
    }
  });
});

function made(name: string, text: string): string {
  const at = join(folder, name);
  writeFileSync(at, text);
  return at;
}
