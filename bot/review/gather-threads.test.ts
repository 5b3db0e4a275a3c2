import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../package.js';
import type { Review } from '../report/schema.js';
import { inMail, replace } from './testing/edit-mail.js';
import { reviewText } from './testing/review-text.js';

const thread = (name: string): string => readFileSync(join(packageRoot(), 'fixtures', 'threads', `${name}.mbox`), 'utf8');

async function reviewed(mbox: string): Promise<Review> {
  const { reviews } = await reviewText(mbox);
  expect(reviews).toHaveLength(1);
  const [review] = reviews;
  if (review === undefined) throw new Error('no review');
  return review;
}

/** The verdict, and what is introduced in which scenarios, sorted. */
async function introducedIn(mbox: string): Promise<readonly string[]> {
  const { verdict, findings } = await reviewed(mbox);
  const said = findings.flatMap(({ status, violation, scenario }) => (status === 'introduced' ? `${violation ?? ''} in ${scenario}` : []));
  return [verdict, ...[...new Set(said)].sort()];
}

describe('a gather that gives pages back before it flushes', () => {
  const mbox = thread('gather-free-first');
  const edited = (edit: (mail: string) => string): string => inMail(mbox, '20240617100211.301-1-ada@pages.example', edit);

  it('leaves translations of free pages and tables', async () => {
    const [verdict, ...found] = await introducedIn(mbox);
    expect(verdict).toBe('introduced');
    expect(found).toEqual(
      expect.arrayContaining(['stale-translation in riscv/gather-table', 'walker-use-after-free in riscv/lockless-walk']),
    );
  });

  it('does so where it does not flush at all', async () => {
    const [verdict] = await introducedIn(edited((mail) => replace(mail, '+\ttlb_flush_mmu_tlbonly(tlb);\n', '')));
    expect(verdict).toBe('introduced');
  });

  it('does no harm where it flushes before as well', async () => {
    const twice = edited((mail) => replace(mail, '-\ttlb_flush_mmu_tlbonly(tlb);', ' \ttlb_flush_mmu_tlbonly(tlb);'));
    expect(await introducedIn(twice)).toEqual(['clean']);
  });
});

describe('a gather beside another one', () => {
  const mbox = thread('gather-beside-another');
  const edited = (edit: (mail: string) => string): string => inMail(mbox, '20240618152040.77-1-ada@pages.example', edit);
  const whys = async (text: string): Promise<readonly string[]> =>
    (await reviewed(text)).notModelled.flatMap(({ what, why }) => (what === 'tlb_finish_mmu()' ? why : []));

  it('is in no run, and its condition therefore not clean', async () => {
    expect((await reviewed(mbox)).verdict).toBe('not-modelled');
    expect(await whys(mbox)).toEqual([
      expect.stringMatching(/^the patches change what it does at mm\/mmu_gather\.c:\d+, and no run goes that way$/),
    ]);
  });

  it('is in none either where the condition goes', async () => {
    const never = edited((mail) => replace(mail, '+\tif (mm_tlb_flush_nested(tlb->mm) && tlb->freed_tables) {', '+\tif (0) {'));
    expect((await reviewed(never)).verdict).toBe('not-modelled');
    expect((await whys(never)).join('\n')).toMatch(/take away or change a condition at mm\/mmu_gather\.c:\d+, which fails in every run/);
  });

  it('does not matter where only a comment says so', async () => {
    const comment = edited((mail) =>
      replace(mail, /-\tif \(mm_tlb[^]*freed_tables\) \{/, '+\t/* Pages as well as tables. */\n \tif (mm_tlb_flush_nested(tlb->mm)) {'),
    );
    expect((await reviewed(comment)).verdict).toBe('not-relevant');
  });
});

describe('a mapping of the kernel that goes without a flush', () => {
  const mbox = thread('vunmap-no-flush');
  const edited = (edit: (mail: string) => string): string => inMail(mbox, '20240619085501.12-1-ada@pages.example', edit);
  const stale = ['introduced', 'stale-translation in riscv/kernel-unmap', 'stale-translation in x86/vunmap-isolated'];

  it('may be used by others when its page is free', async () => {
    expect(await introducedIn(mbox)).toEqual(stale);
  });

  it('may be so too where the flush comes before', async () => {
    const before = edited((mail) =>
      replace(mail, ' \tvunmap_range_noflush', '+\tflush_tlb_kernel_range(addr, end);\n \tvunmap_range_noflush'),
    );
    expect(await introducedIn(before)).toEqual(stale);
  });

  it('is gone for all where everything is flushed instead', async () => {
    const all = edited((mail) =>
      replace(mail, '-\tflush_tlb_kernel_range(addr, end);', '-\tflush_tlb_kernel_range(addr, end);\n+\tflush_tlb_all();'),
    );
    expect(await introducedIn(all)).toEqual(['clean']);
  });
});

describe('a driver that flushes work, waits for readers and has a TLB of its own', () => {
  const mbox = thread('flush-by-name');

  it('has nothing to do with translations of CPUs', async () => {
    expect(await reviewed(mbox)).toMatchObject({ verdict: 'not-relevant', ran: [], notModelled: [] });
  });

  it('has where it flushes theirs', async () => {
    const own = inMail(mbox, '20240620120000.5-1-ada@pages.example', (mail) =>
      replace(mail, '+\ttoyeth_flush_dev_tlb(toy);', '+\tflush_tlb_kernel_range(start, end);'),
    );
    expect((await reviewed(own)).verdict).toBe('not-modelled');
  });

  it('has in a file of memory management', async () => {
    const moved = inMail(mbox, '20240620120000.5-1-ada@pages.example', (mail) =>
      replace(mail, /drivers\/net\/ethernet\/toy\/toyeth\.c/g, 'mm/memory.c'),
    );
    expect((await reviewed(moved)).verdict).toBe('not-modelled');
  });
});
