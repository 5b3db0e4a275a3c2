import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { loadMails } from '../ingest/mails.js';
import type { Review } from '../report/schema.js';
import { assemble } from '../series/assemble.js';
import type { ReviewInput } from './input.js';
import { reviewOnThreads } from './parallel.js';
import { inputsOf } from './report.js';
import { loadResources, type Resources } from './resources.js';
import { review } from './review.js';

const DEMO = fileURLToPath(new URL('../../fixtures/threads/demo.mbox', import.meta.url));

let folder: string;
let resources: Resources;
let inputs: readonly ReviewInput[];
let alone: Review;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-parallel-'));
  await initC();
  resources = loadResources();
  const { mails } = await loadMails(DEMO);
  const [input] = inputsOf(assemble(mails));
  if (!input) throw new Error('the demo has nothing to review');
  inputs = [input, input];
  alone = timeless(review(resources, input, null));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Without the times, which are measured. */
const timeless = (of: Review): Review => ({ ...of, ran: of.ran.map((row) => ({ ...row, ms: 0 })) });

/** What a review says of all scenarios but one. */
const without = (scenario: string, { findings, ran, counts, notModelled, safeBecause }: Review): unknown =>
  [findings, ran, counts, safeBecause]
    .map((rows): readonly { readonly scenario: string }[] => rows)
    .map((rows) => rows.filter((row) => row.scenario !== scenario))
    .concat([[]])
    .concat(notModelled.filter(({ what }) => !what.includes(scenario)).map(({ what, why }) => [{ scenario: `${what}: ${why}` }]));

let workers = 0;

/**
 * Reviews the demo twice with a worker that claims one job, then does `what`. This thread does not begin with the second review before it
 * has.
 */
async function withWorker(what: string, heap = 64): Promise<Review[]> {
  const marker = join(folder, String(workers++));
  const code = `
    import { existsSync, writeFileSync } from 'node:fs';
    import { parentPort, workerData } from 'node:worker_threads';
    const { memory, thread } = workerData;
    const owners = new Int32Array(memory);
    const claim = owners.findLastIndex((_, job) => Atomics.compareExchange(owners, job, 0, thread) === 0);
    writeFileSync(${JSON.stringify(marker)}, '');
    ${what}`;
  const script = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const reviews = await reviewOnThreads(resources, { inputs, on: null }, { threads: 2, alone: 0, script, heap }, (at) => {
    if (at === 1) sleepUntil(() => existsSync(marker));
  });
  return reviews.map(timeless);
}

function sleepUntil(isSo: () => boolean): void {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 2000 && !isSo(); i++) Atomics.wait(nothing, 0, 0, 10);
}

describe('a worker that goes wrong', () => {
  it.each([
    ['throws', `throw new Error('out of luck')`, /^its thread crashed: out of luck$/],
    ['ends', 'process.exit(3)', /^its thread ended before it was done$/],
    ['runs out of memory', 'for (const all = []; ; ) all.push([...all])', /^given up: it takes more than 64 MiB of memory$/],
    ['sends nothing', '', /^its thread ended before it was done$/],
  ])('%s: the report says so of its scenario, and has the others', async (_, what, why) => {
    const reviews = await withWorker(what);
    const lost = reviews.flatMap((each) => each.notModelled.filter((row) => why.test(row.why)).map((row) => ({ each, row })));
    expect(lost).toHaveLength(1);
    for (const { each, row } of lost) {
      expect(resources.scenarios.map((scenario) => scenario.spec.scenario)).toContain(row.what);
      expect(without(row.what, each)).toEqual(without(row.what, alone));
      for (const whole of reviews) if (whole !== each) expect(whole).toEqual(alone);
    }
  });

  it('gives a job back, then throws: what it gave back counts', async () => {
    const reviews = await withWorker(`
      parentPort.postMessage({ job: claim, part: { k: 'failed', why: 'told in time' }, opened: null });
      throw new Error('too late to matter');`);
    const said = reviews.flatMap((each) => each.notModelled.map((row) => row.why));
    expect(said).toContain('told in time');
    expect(said.join()).not.toMatch(/crashed/);
  });
});

describe('a scenario that throws', () => {
  it('fails for itself', () => {
    const [input] = inputs;
    const [broken, ...others] = resources.scenarios.filter((each) => alone.ran.some((row) => row.scenario === each.spec.scenario));
    if (!input || !broken) throw new Error('the demo reaches no scenario');
    const thrower = Object.defineProperty({ ...broken }, 'text', {
      get: () => {
        throw new Error('out of luck');
      },
    });
    const name = broken.spec.scenario;
    const torn = timeless(review({ ...resources, scenarios: [thrower, ...others] }, input, null));
    expect(torn.notModelled.filter(({ why }) => why.includes('out of luck')).map(({ what }) => what)).toEqual([name]);
    expect(torn.ran.filter((row) => row.scenario === name)).toEqual([]);
    expect(torn.ran).toEqual(alone.ran.filter((row) => row.scenario !== name));
    expect(torn.ran.length).toBeGreaterThan(0);
  });
});
