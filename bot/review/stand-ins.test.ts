import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import { packageRoot } from '../package.js';
import type { Review } from '../report/schema.js';
import { inTree, loadResources } from './resources.js';
import { review } from './review.js';
import { inMail, replace } from './testing/edit-mail.js';
import { handlerLater } from './testing/handler-later.js';
import { assemblyOf, essence } from './testing/review-text.js';
import { inputsOf } from './report.js';
import { FILES, inputOf, change, SCENARIO } from './testing/small-kernel.js';

beforeAll(initC);

const TREE = {
  source: memoryTree(new Map(Object.entries(FILES)), 'tree'),
  name: 'a small kernel',
  notes: [],
  tried: [],
  blobs: () => null,
};
const FAULT = readFileSync(join(packageRoot(), 'fixtures', 'threads', 'x86-vmalloc-fault.mbox'), 'utf8');
const ID = '20240603080211.1138-1-mira@harts.example';
const LOST = 'introduced unhandled-fault in x86/vmalloc-sync with every setting';

/** In a tree that has nothing of what the mail changes. */
async function inSmallTree(mbox: string): Promise<Review> {
  const [input] = inputsOf(await assemblyOf(mbox));
  if (input === undefined) throw new Error('nothing to review');
  return review(inTree({ ...loadResources(), treeScenarios: [SCENARIO] }), input, TREE);
}

describe('a patch whose code no scenario runs in the tree', () => {
  it('is run on the stand-ins, and each run says that it stood there', async () => {
    const found = await inSmallTree(FAULT);
    const { verdict, base, ran, notes, notModelled } = found;
    expect([verdict, base]).toEqual(['introduced', 'a small kernel']);
    expect(essence(found)).toEqual([LOST]);
    expect(new Set(ran.map((row) => row.base))).toEqual(new Set(['our own stand-ins for a kernel of about v6.8']));
    expect(notes.join('\n')).toMatch(
      /no scenario on the tree runs what patch 1 .* changes, so it was run on our own stand-ins .* not on the tree/,
    );
    expect(notModelled.map(({ why }) => why).join()).toMatch(/no scenario runs what it changes/);
  });

  it('shows the same under other names', async () => {
    const renamed = inMail(FAULT, ID, (mail) => replace(mail, /\bp4d_k\b/g, 'reference'));
    expect(essence(await inSmallTree(renamed))).toEqual([LOST]);
  });

  it('is not clean where the stand-ins are silent', async () => {
    const kept = inMail(FAULT, ID, handlerLater);
    const { verdict, findings, ran } = await inSmallTree(kept);
    expect([verdict, findings]).toEqual(['not-modelled', []]);
    expect(ran.length).toBeGreaterThan(0);
  });

  it('costs nothing where the tree has what it takes', () => {
    const run = change('mm/drop.c', '\tflush_one(address);', '\tflush_one(address); flush_one(0);');
    const { verdict, ran } = review(inTree({ ...loadResources(), treeScenarios: [SCENARIO] }), inputOf(run), TREE);
    expect([verdict, ran.map((row) => row.base)]).toEqual(['clean', [undefined]]);
  });
});
