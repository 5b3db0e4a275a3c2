import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Review } from '../report/schema.js';
import { dropLines, inMail, replace, replaceAll } from './testing/edit-mail.js';
import { reviewText } from './testing/review-text.js';

const PATCH = '20240603102041.1-1-ilse@maps.example';
const MBOX = readFileSync(fileURLToPath(new URL('../../fixtures/threads/vmemmap-break.mbox', import.meta.url)), 'utf8');

/** A reply that has no diff, but a function. */
const REPLY = `From mboxrd@z Thu Jan  1 00:00:00 1970
From: Jonas Reed <jonas@maps.example>
Date: Tue, 04 Jun 2024 08:01:00 +0200
Subject: Re: [PATCH] arm64: Break before make for the memory map
Message-ID: <20240604080100.2@maps.example>
In-Reply-To: <${PATCH}>

Would interrupts off and a new lock do?

+void vmemmap_update_pte(unsigned long addr, pte_t *ptep, pte_t pte)
+{
+ spin_lock_irq(SOME_LOCK);
+ pte_clear(&init_mm, addr, ptep);
+ flush_tlb_kernel_range(addr, addr + PAGE_SIZE);
+ set_pte_at(&init_mm, addr, ptep, pte);
+ spin_unlock_irq(SOME_LOCK);
+}
`;

const same = (mail: string): string => mail;

/** What is introduced, by scenario without its common beginning: `-irq: deadlock`. */
async function introduced(edit: (mail: string) => string): Promise<string[]> {
  const { reviews } = await reviewText(inMail(MBOX, PATCH, edit));
  const [review] = reviews as Review[];
  return (review?.findings ?? [])
    .filter(({ status }) => status === 'introduced')
    .map(({ scenario, violation }) => `${scenario.replace('arm64/vmemmap-', '')}: ${violation ?? ''}`)
    .sort();
}

const AS_POSTED = [
  'remap-atomic: sleep-in-atomic',
  'remap-irq: deadlock',
  'remap-irq: sleep-in-atomic',
  'remap-nmi: deadlock',
  'remap-nmi: sleep-in-atomic',
  'remap: unbounded-wait',
  'split-irq: deadlock',
  'split-irq: sleep-in-atomic',
  'split: unbounded-wait',
];

describe('a fault handler that waits until a live entry is made again', () => {
  it('deadlocks, sleeps where it must not, or waits without bound, by the kind of kernel', async () => {
    expect(await introduced(same)).toEqual(AS_POSTED);
  });

  it('says so whatever its functions and variables are called', async () => {
    const renamed = (mail: string): string =>
      replaceAll(mail, [
        [/vmemmap_fault_waits/g, 'remake_is_done'],
        [/\bmapped\b/g, 'back'],
      ]);
    expect(await introduced(renamed)).toEqual(AS_POSTED);
  });

  it('interrupts off on both sides: an interrupt finds nobody in between, but on PREEMPT_RT', async () => {
    const off = (mail: string): string => replace(mail, /\bspin_(un)?lock\(/g, 'spin_$1lock_irq(');
    const found = await introduced(off);
    expect(found).not.toContain('remap-irq: deadlock');
    expect(found).toEqual(expect.arrayContaining(['remap-irq: sleep-in-atomic', 'remap-nmi: deadlock', 'remap: unbounded-wait']));
  });

  it('maker and handler on different locks: the handler finds the entry broken', async () => {
    const other = (mail: string): string =>
      replace(
        mail,
        /(\+void vmemmap_update_pte[\s\S]*?)\+\tspin_lock\(&init_mm\.page_table_lock\);([\s\S]*?)\+\tspin_unlock\(&init_mm\.page_table_lock\);/,
        '$1+\tspin_lock_irq(&vmemmap_lock);$2+\tspin_unlock_irq(&vmemmap_lock);',
      );
    expect(await introduced(other)).toEqual(expect.arrayContaining(['remap: unhandled-fault', 'remap-atomic: unhandled-fault']));
  });

  it('without the flush in between, the break is none', async () => {
    const unflushed = (mail: string): string => dropLines(mail, /^\+\tflush_tlb_kernel_range\(addr, addr \+ PAGE_SIZE\);$/);
    const { reviews } = await reviewText(inMail(MBOX, PATCH, unflushed));
    const left = (reviews as Review[]).flatMap(({ findings }) => findings).filter(({ violation }) => violation === 'break-before-make');
    expect(left.some(({ status, scenario }) => status === 'pre-existing' && scenario === 'arm64/vmemmap-remap')).toBe(true);
  });

  it('made before it is broken, the mapping is gone for good', async () => {
    const swapped = (mail: string): string =>
      replace(mail, /(\+\tpte_clear\(&init_mm, addr, ptep\);\n)([\s\S]*?\n)(\+\tset_pte_at\(&init_mm, addr, ptep, pte\);\n)/, '$3$2$1');
    expect(await introduced(swapped)).toEqual(expect.arrayContaining(['remap: unhandled-fault']));
  });

  it('a reply that writes the maker anew, on a lock of its own, is run in its place', async () => {
    const { reviews } = await reviewText(`${MBOX}\n${REPLY}`);
    const pasted = (reviews as Review[]).find(({ kind }) => kind === 'pasted');
    const found = (pasted?.findings ?? []).map(({ status, scenario, violation }) => `${status} ${violation ?? ''} in ${scenario.slice(6)}`);
    expect(found).toEqual(
      expect.arrayContaining([
        'introduced unhandled-fault in vmemmap-remap',
        'fixed deadlock in vmemmap-remap-irq',
        'fixed unbounded-wait in vmemmap-remap',
      ]),
    );
  });
});
