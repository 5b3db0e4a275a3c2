import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../package.js';
import type { Review } from '../report/schema.js';
import { sharedFolder } from '../series/testing/shared.js';
import { inMail, replace, replaceAll } from './testing/edit-mail.js';
import { essence, reviewText } from './testing/review-text.js';

const threads = sharedFolder('threads');
const OURS = readFileSync(join(packageRoot(), 'fixtures', 'threads', 'riscv-kernel-space.mbox'), 'utf8');
const SPACE = '20240610071440.2201-2-mira@harts.example';
const TABLE = '20240610071440.2201-3-mira@harts.example';
const UAF = 'walker-use-after-free';

const told = async (mbox: string): Promise<string[]> => (await reviewText(mbox)).reviews.flatMap(essence);
const real = (path: string): string => readFileSync(join(threads ?? '', path), 'utf8');
const edited = (id: string, edit: (mail: string) => string): string => inMail(OURS, id, edit);

describe('a flush of riscv that covers too little: a thread of our own', () => {
  it('global entries stay where harts have ASIDs; copies of tables stay where only a range is fenced', async () => {
    const { reviews } = await reviewText(OURS);
    const found = reviews.flatMap(({ findings }) =>
      findings.map(({ status, violation, scenario, patch }) => ({ status, violation, scenario, patch })),
    );
    expect(found).toContainEqual({ status: 'introduced', violation: 'stale-translation', scenario: 'riscv/kernel-unmap', patch: SPACE });
    expect(found).toContainEqual({ status: 'introduced', violation: UAF, scenario: 'riscv/gather-tables', patch: TABLE });
    const gone = found.filter((each) => each.patch === SPACE).map((each) => each.violation);
    expect(new Set(gone)).toEqual(new Set(['stale-translation', 'unhandled-fault']));
  });

  it('another spelling of all address spaces is none of that', async () => {
    const all = await told(edited(SPACE, (mail) => replace(mail, '+		asid = 0;', '+		asid = ~0UL;')));
    expect(all.filter((each) => !each.includes(UAF))).toEqual([]);
  });

  it('the same with the local variable renamed in the mail', async () => {
    const renamed = edited(SPACE, (mail) =>
      replaceAll(mail, [
        ['cmask', 'harts'],
        ['broadcast', 'all_of_them'],
      ]),
    );
    expect(await told(renamed)).toEqual(await told(OURS));
  });

  it('a condition that still has the tables in it is as good as before', async () => {
    const kept = edited(TABLE, (mail) =>
      replace(mail, '+	if (tlb->fullmm || tlb->need_flush_all)', '+	if (tlb->freed_tables || tlb->fullmm || tlb->need_flush_all)'),
    );
    expect((await told(kept)).filter((each) => each.includes(UAF))).toEqual([]);
  });
});

describe.skipIf(threads === null)('tables of riscv that are freed: real threads', () => {
  const GUP = 'riscv/lockless-walk';

  it('tables that wait for a grace period under firmware fences, as quoted in a reply', async () => {
    const { reviews } = await reviewText(real('seeds/seed-001-riscv-rcu-table-free-reply.mbox'));
    const [review] = reviews;
    expect(review?.verdict).toBe('fixed');
    expect(review && essence(review)).toEqual([`fixed ${UAF} in ${GUP} with ipi-rfence=0`]);
    expect(review?.notes.join('\n')).toContain('MMU_GATHER_RCU_TABLE_FREE: n → y');
    const counted = (metric: string, ipi: boolean): string[] => countsOf(review, metric, ipi);
    expect(counted('pages-held-for-grace-period', false)).toEqual(['0 -> 1']);
    expect(counted('pages-freed', true)).toEqual(['2 -> 2']);
    expect(counted('sbi-calls', false)).toEqual(['1 -> 1']);
  });

  it('the whole series: each hole closed by the patch that closes it, and what is left until the next', async () => {
    const { reviews } = await reviewText(real('corpus/003-riscv-fast-gup-v1.mbox'));
    const [review] = reviews;
    expect(review?.verdict).toBe('fixed');
    const fixed = review?.findings.filter(({ status, scenario }) => status === 'fixed' && scenario === GUP) ?? [];
    expect(fixed.map(({ axes, patch }) => [axes, patch])).toEqual([
      [{ 'ipi-rfence': false }, '20231219175046.2496-4-jszhang@kernel.org'],
      [{ 'ipi-rfence': true }, '20231219175046.2496-2-jszhang@kernel.org'],
    ]);
    expect(review && essence(review)).toContainEqual(expect.stringContaining(`pre-existing ${UAF} in riscv/gather-tables `));
  });

  it('without its third patch the series leaves firmware fences as they were', async () => {
    const id = '20231219175046.2496-4-jszhang@kernel.org';
    const mbox = inMail(real('corpus/003-riscv-fast-gup-v1.mbox'), id, (mail) => mail.replaceAll('riscv_use_ipi_for_rfence()', 'true'));
    const [review] = (await reviewText(mbox)).reviews;
    expect(review && essence(review)).toContain(`pre-existing ${UAF} in ${GUP} with ipi-rfence=0`);
  });

  it('a flush of all where tables are freed closes the hardware walk', async () => {
    const [review] = (await reviewText(real('corpus/004-riscv-flush-tlb-page-directory-freed.mbox'))).reviews;
    expect(review?.verdict).toBe('fixed');
    expect(review && essence(review)).toContainEqual(expect.stringContaining(`fixed ${UAF} in riscv/gather-table`));
  });
});

const countsOf = (review: Review | undefined, metric: string, ipi: boolean): string[] =>
  (review?.counts ?? [])
    .filter((row) => row.metric === metric && (row.axes['ipi-rfence'] ?? ipi) === ipi)
    .map(({ before, after }) => `${before} -> ${after}`);
