import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { memoryTree } from '../../analyzers/source/memory-tree.js';
import type { ReviewInput } from './input.js';
import { inTree, loadResources } from './resources.js';
import { review } from './review.js';
import { change, FILES, inputOf, SCENARIO } from './testing/small-kernel.js';

beforeAll(initC);

function reviewed(input: ReviewInput) {
  const base = {
    source: memoryTree(new Map(Object.entries(FILES)), 'tree'),
    name: 'a small kernel',
    notes: [],
    tried: [],
    blobs: () => null,
  };
  const { verdict, notModelled, ran } = review(inTree({ ...loadResources(), treeScenarios: [SCENARIO] }), input, base);
  return { verdict, notModelled, runs: ran.length };
}

/** One flush more, which runs come to. */
const RUN = change('mm/drop.c', '\tflush_one(address);', '\tflush_one(address); flush_one(0);');
const REFUSED = `--- a/mm/other.c
+++ b/mm/other.c
@@ -1,3 +1,2 @@ void unmap_all(void)
 	clear_all();
-	flush_tlb_all();
 	free_all();
`;

describe('a change of which silent runs know a part', () => {
  it('is clean where there is no more of it', () => {
    expect(reviewed(inputOf(RUN))).toEqual({ verdict: 'clean', notModelled: [], runs: 1 });
  });

  it('has no verdict where another patch of the series is in no run', () => {
    const { patches, ...input } = inputOf(RUN);
    const second = inputOf(REFUSED).patches.map((patch) => ({ ...patch, index: 2, subject: 'second', messageId: 'n' }));
    const { verdict, notModelled } = reviewed({ ...input, patches: [...patches, ...second] });
    expect([verdict, notModelled.map(({ what }) => what)]).toEqual(['not-modelled', ['second']]);
    expect(notModelled[0]?.why).toMatch(/^no scenario runs what it changes in mm\/other.c/);
  });

  it('has none where a flush finds no place in the code, and the report names it', () => {
    expect(reviewed(inputOf(RUN + REFUSED))).toMatchObject({
      verdict: 'not-modelled',
      notModelled: [{ why: 'mm/other.c changes flush_tlb_all, and has no place in the code at hand' }],
    });
  });

  it('names once a file that is about nothing but flushes', () => {
    const text = REFUSED.replaceAll('mm/other.c', 'kernel/smp.c').replace('unmap_all', 'print_all').replace('flush_tlb_all', 'print_more');
    const { patches, ...input } = inputOf(RUN);
    const second = inputOf(text).patches.map((patch) => ({ ...patch, index: 2, subject: 'second', messageId: 'n' }));
    const [row] = reviewed({ ...input, patches: [...patches, ...second] }).notModelled;
    expect(row?.why.split('kernel/smp.c')).toHaveLength(2);
  });

  it('is clean where what finds no place is about other things', () => {
    const other = REFUSED.replace('unmap_all', 'print_all').replace('flush_tlb_all', 'print_more');
    expect(reviewed(inputOf(RUN + other))).toMatchObject({ verdict: 'clean', notModelled: [] });
  });
});
