// Edits of real mails, and what becomes of the answer. Run: npm run build && npx tsc -p bench && node dist/bench/answer-follows-input.js [part of a name]
import { readFileSync } from 'node:fs';
import { type Edit, expectationOf, reviewOf, shortcomings, variantsOf } from '../bot/review/testing/edits.js';
import { KVM_EDITS, PASTED_EDITS } from '../bot/review/testing/kvm-edits.js';
import { QUOTED_EDITS } from '../bot/review/testing/quoted-edits.js';
import { inShort, reviewText } from '../bot/review/testing/review-text.js';
import { RISCV_EDITS } from '../bot/review/testing/riscv-edits.js';
import { SOURCES, table } from './threads.js';

const only = process.argv[2] ?? '';
let wrong = 0;

async function row(edit: Edit, edits: readonly Edit[], name: string, mbox: string): Promise<string[]> {
  const report = await reviewText(mbox);
  try {
    const review = reviewOf(report.reviews, edit);
    const lacks = shortcomings(review, expectationOf(edit, edits));
    if (lacks.length > 0) wrong++;
    return [name, review.verdict, lacks.length === 0 ? 'as expected' : 'NOT as expected', inShort(review).join('; ')];
  } catch (error) {
    wrong++;
    return [name, '-', 'NOT as expected', error instanceof Error ? error.message : String(error)];
  }
}

for (const [title, path, edits] of [
  ['Stage-2 unmap, the patch', SOURCES.kvm, KVM_EDITS],
  ['Stage-2 unmap, the diff pasted in a reply', SOURCES.kvm, PASTED_EDITS],
  ['New vmalloc mappings, v1 1/4', SOURCES.riscv, RISCV_EDITS],
  ['The same, edited in a reply that quotes it', SOURCES.quoted, QUOTED_EDITS],
] as const) {
  const rows = [['edit', 'verdict', '', 'findings']];
  const text = readFileSync(path, 'utf8');
  for (const edit of edits)
    for (const { name, mbox } of variantsOf(edit, text)) if (name.includes(only)) rows.push(await row(edit, edits, name, mbox));
  process.stdout.write(`${title}\n\n${table(rows)}\n\n`);
}
process.exitCode = wrong === 0 ? 0 : 1;
