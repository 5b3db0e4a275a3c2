import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedFolder } from '../series/testing/shared.js';
import { type Edit, expectationOf, reviewOf, shortcomings, variantsOf } from './testing/edits.js';
import { KVM_EDITS, PASTED_EDITS } from './testing/kvm-edits.js';
import { QUOTED_EDITS } from './testing/quoted-edits.js';
import { RISCV_EDITS } from './testing/riscv-edits.js';
import { reviewText } from './testing/review-text.js';

const threads = sharedFolder('threads');
const read = (path: string): string => readFileSync(join(threads ?? '', path), 'utf8');

function follows(edits: readonly Edit[], path: string): void {
  if (threads === null) {
    it.skip(`${path} is not here`);
    return;
  }
  for (const edit of edits) {
    for (const { name, mbox } of variantsOf(edit, read(path))) {
      it(name, async () => {
        const report = await reviewText(mbox);
        expect(shortcomings(reviewOf(report.reviews, edit), expectationOf(edit, edits))).toEqual([]);
      });
    }
  }
}

describe('stage-2 unmap: the answer follows the mail', () => {
  follows(KVM_EDITS, 'seeds/seed-004-kvm-arm64-tlbi-table.mbox');
  follows(PASTED_EDITS, 'seeds/seed-004-kvm-arm64-tlbi-table.mbox');
});

describe('new vmalloc mappings: the answer follows the mail', () => {
  follows(RISCV_EDITS, 'corpus/001-riscv-new-vmalloc-rfc-v1-v2.mbox');
});

describe('the same, edited in a reply that quotes it', () => {
  follows(QUOTED_EDITS, 'seeds/seed-000-riscv-new-vmalloc-reply.mbox');
});
