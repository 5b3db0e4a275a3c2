import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import { parseMail } from '../mail/parse.js';
import { packageRoot } from '../package.js';
import { assemble } from '../series/assemble.js';
import type { Base } from '../tree/bases.js';
import type { ReviewInput } from './input.js';
import { reviewsOfNothing } from './not-reached.js';
import { inputsOf } from './report.js';
import { inTree, loadResources } from './resources.js';
import { review } from './review.js';

const resources = loadResources();

async function inputs(path: string, line: string): Promise<ReviewInput[]> {
  const text = `Message-ID: <it@example.org>
From: A <a@example.org>
Subject: [PATCH] count

diff --git a/${path} b/${path}
--- a/${path}
+++ b/${path}
@@ -1,3 +1,4 @@
 int count(int n)
 {
+${line}
 	return n;
`;
  const reading = await parseMail(Buffer.from(text));
  return reading.kind === 'mail' ? inputsOf(assemble([reading.mail])) : [];
}

/** A tree that has this file and no other. */
const treeWith = (path: string): Base => ({
  name: 'a tree',
  source: memoryTree(new Map([[path, 'int count(int n)\n{\n\treturn n;\n}\n']]), 'tree'),
  tried: [],
  notes: [],
  blobs: () => null,
});

describe('a review of what has nothing to do with flush or fault logic', () => {
  beforeAll(initC);

  it('is what running everything gives', async () => {
    const all = await inputs('drivers/net/count.c', '\tn++;');
    const reviews = await reviewsOfNothing(resources, all, () => Promise.resolve(null));
    expect(reviews?.map(({ verdict }) => verdict)).toEqual(['not-relevant']);
    expect(reviews).toEqual(all.map((input) => review(resources, input, null)));
  });

  it('is the same in a kernel tree that has the file, where no scenario is linked with it', async () => {
    const all = await inputs('drivers/net/count.c', '\tn++;');
    const here = inTree(resources);
    const tree = treeWith('drivers/net/count.c');
    const reviews = await reviewsOfNothing(here, all, () => Promise.resolve(tree));
    expect(reviews?.map(({ verdict, base }) => [verdict, base])).toEqual([['not-relevant', 'a tree']]);
    const linked = await inputs('mm/count.c', '\tn++;');
    expect(await reviewsOfNothing(here, linked, () => Promise.resolve(treeWith('mm/count.c')))).toBeNull();
  });

  it('is left to the runs where the words speak of it', async () => {
    expect(
      await reviewsOfNothing(resources, await inputs('drivers/net/count.c', '\tflush_tlb_all();'), () => Promise.resolve(null)),
    ).toBeNull();
  });
});

/** Modules that a module loads before it does anything, by their paths below the root. */
function loaded(module: string, found = new Set<string>()): Set<string> {
  if (found.has(module)) return found;
  found.add(module);
  const text = readFileSync(join(packageRoot(), module), 'utf8');
  for (const [, names = '', path = ''] of text.matchAll(/^(?:import|export)\s+(?!type\b)([^;]*?)\s*from '(\.[^']+)\.js';/gm)) {
    const onlyTypes =
      /^\{/.test(names) &&
      names
        .replace(/[{}]/g, '')
        .split(',')
        .every((name) => /^\s*(?:type\s|$)/.test(name));
    if (!onlyTypes) loaded(join(dirname(module), `${path}.ts`), found);
  }
  return found;
}

describe('a review', () => {
  it('loads neither the C parser nor what searches before something is to run', () => {
    const modules = [...loaded('bot/cli/review.ts')];
    expect(modules).toContain('bot/review/open.ts');
    expect(modules.filter((path) => /^(?:analyzers\/c|simulator\/(?:explore|generate|interp|measure))\//.test(path))).toEqual([]);
  });
});
