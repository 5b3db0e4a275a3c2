import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import type { Review } from '../report/schema.js';
import { reviewOnThreads } from './parallel.js';
import { inTree, loadResources } from './resources.js';
import { review } from './review.js';
import { change, FILES, inputOf, SCENARIO } from './testing/small-kernel.js';

let folder: string;
beforeAll(async () => {
  await initC();
  folder = mkdtempSync(join(tmpdir(), 'faultline-pipeline-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const NO_FLUSH = inputOf(change('mm/drop.c', '\tflush_one(address);', '\t(void)address;'));
const base = {
  source: memoryTree(new Map(Object.entries(FILES)), 'tree'),
  name: 'a small kernel',
  notes: [],
  tried: [],
  blobs: () => null,
};
const timeless = (of: Review): Review => ({ ...of, ran: of.ran.map((row) => ({ ...row, ms: 0 })) });

/** The scenario under two names; the second can't be compiled before `until` says so. */
function twoScenarios(until: () => boolean) {
  const second = { ...SCENARIO, spec: { ...SCENARIO.spec, scenario: 'riscv/second' } };
  const waiting = Object.defineProperty(second, 'text', {
    get: () => {
      const nothing = new Int32Array(new SharedArrayBuffer(4));
      for (let i = 0; i < 2000 && !until(); i++) Atomics.wait(nothing, 0, 0, 10);
      return SCENARIO.text;
    },
  });
  return inTree({ ...loadResources(), treeScenarios: [SCENARIO, waiting] });
}

let threads = 0;

/** Reviews a patch while another thread does `onTask` with the first scenario that is compiled. */
async function withThread(onTask: string, heap = 64): Promise<Review> {
  const marker = join(folder, String(threads++));
  const code = `
    import { writeFileSync } from 'node:fs';
    import { parentPort, workerData } from 'node:worker_threads';
    const owners = new Int32Array(workerData.memory);
    const told = () => { writeFileSync(${JSON.stringify(marker)}, ''); return true; };
    const claim = (job) => Atomics.compareExchange(owners, job, 0, workerData.thread) === 0 && told();
    parentPort.on('message', (task) => {
      if (task === null) { parentPort.close(); return; }
      const { job } = task;
      ${onTask}
    });`;
  const script = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const on = { tree: { path: 'nowhere', cache: null }, bases: { of: () => Promise.resolve(base) } };
  const resources = twoScenarios(() => existsSync(marker));
  const [done] = await reviewOnThreads(resources, { inputs: [NO_FLUSH], on }, { threads: 2, alone: 0, script, heap }, () => undefined);
  if (!done) throw new Error('nothing was reviewed');
  return timeless(done);
}

const alone = () =>
  timeless(
    review(
      twoScenarios(() => true),
      NO_FLUSH,
      base,
    ),
  );

describe('a review in a tree, with another thread', () => {
  it('runs here what the other does not begin with', async () => {
    const done = await withThread('told();');
    expect(done).toEqual(alone());
    expect(done.findings.map(({ status, scenario }) => `${status} ${scenario}`)).toContain(`introduced ${SCENARIO.spec.scenario}`);
  });

  it('takes what the other says of what it ran, and runs that no more', async () => {
    const done = await withThread(
      `if (claim(job)) parentPort.postMessage({ job, part: { k: 'failed', why: 'told by another' }, opened: null });`,
    );
    expect(done.notModelled.filter(({ why }) => why === 'told by another')).toHaveLength(1);
    expect(done.ran.map(({ scenario }) => scenario)).toEqual(['riscv/second']);
  });

  it.each([
    ['throws', `claim(job); throw new Error('out of luck');`, /^its thread crashed: out of luck$/],
    ['ends', 'claim(job); process.exit(3);', /^its thread ended before it was done$/],
  ])('which %s: the report says so of its scenario, and has the other', async (_, what, why) => {
    const done = await withThread(what);
    expect(done.notModelled.filter((row) => why.test(row.why)).map((row) => row.what)).toEqual([SCENARIO.spec.scenario]);
    expect(done.ran.map(({ scenario }) => scenario)).toEqual(['riscv/second']);
  });

  it('starts none where no scenario is reached', async () => {
    const untouched = inputOf(change('mm/drop.c', 'void drop(int index, u64 address)', 'void drop(int index, u64 address) /* so */'));
    const on = { tree: { path: 'nowhere', cache: null }, bases: { of: () => Promise.resolve(base) } };
    const script = new URL('data:text/javascript,throw new Error("started")');
    const resources = twoScenarios(() => true);
    const [done] = await reviewOnThreads(resources, { inputs: [untouched], on }, { threads: 2, alone: 0, script }, () => undefined);
    expect(done?.ran).toEqual([]);
    expect(done?.notModelled).toEqual([]);
  });
});
