import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Review } from '../report/schema.js';
import { inMail, replace } from './testing/edit-mail.js';
import { placesOf, reviewText } from './testing/review-text.js';

const MBOX = readFileSync(fileURLToPath(new URL('../../fixtures/threads/quiescent-text.mbox', import.meta.url)), 'utf8');
const mail = (index: number): string => `20240617090100.1-${String(index)}-otto@idle.example`;
const STALE = 'stale-instruction';

const known = new Map<string, Promise<Review>>();

function reviewed(mbox: string): Promise<Review> {
  const review = known.get(mbox) ?? freshly(mbox);
  known.set(mbox, review);
  return review;
}

async function freshly(mbox: string): Promise<Review> {
  const { reviews } = await reviewText(mbox);
  const [review] = reviews as Review[];
  if (review === undefined) throw new Error('no review');
  return review;
}

/** Where old text may be executed, by scenario: the places at which a CPU that was spared may stand. */
const stale = (review: Review): Record<string, string[]> =>
  Object.fromEntries(
    review.findings
      .filter(({ status, violation }) => status === 'introduced' && violation === STALE)
      .map((finding) => [
        finding.scenario.replace('arm64/patch-text-', ''),
        placesOf(finding).map((place) => place.replace('nohz-full=1 ', '')),
      ]),
  );

const ANYWHERE = ['text_after_eqs_enter=1', 'text_after_eqs_exit=1', 'text_before_eqs_exit=1'];
const AS_POSTED = { guest: ANYWHERE, idle: ANYWHERE, 'idle-irq': ANYWHERE, user: ANYWHERE };

describe('CPUs in a quiescent state are not interrupted when text is patched', () => {
  it('they execute old text before and after its end, for an ISB does not wait for the counter', async () => {
    const review = await reviewed(MBOX);
    expect(stale(review)).toEqual(AS_POSTED);
    expect(review.findings.filter(({ status }) => status === 'introduced').map(({ patch }) => patch)).toEqual(Array(4).fill(mail(3)));
    const sent = review.counts.filter(({ metric, axes }) => metric === 'ipis-sent' && axes['nohz-full'] === true);
    expect(sent.map(({ before, after }) => [before, after])).toEqual([[3, 1]]);
  });

  it('says why the ISB at the entry of interrupts is superfluous', async () => {
    const found = (await reviewed(MBOX)).findings.filter(({ status }) => status === 'superfluous');
    expect(found.map(({ patch, violation, functions }) => [patch, violation, functions.map(({ name }) => name)])).toEqual([
      [mail(1), null, ['el1_irq']],
    ]);
    expect(found[0]?.summary).toMatch(/straight behind taking the interrupt.*context synchronisation already/);
  });

  it('not of an ISB behind a write to a system register, which takes effect there', async () => {
    const later = inMail(MBOX, mail(1), (text) => replace(text, /(\+\tisb[^\n]*\n)( \tkernel_entry 1\n \tenable_da_f\n)/, '$2$1'));
    const review = await reviewed(later);
    expect(review.findings.filter(({ status }) => status === 'superfluous')).toEqual([]);
    expect(stale(review)).toEqual(AS_POSTED);
  });

  it('says so whatever the functions are called', async () => {
    const renamed = MBOX.replace(/rcu_is_quiescent/g, 'cpu_looks_asleep').replace(/arch_after_quiescence/g, 'sync_text_here');
    expect(stale(await reviewed(renamed))).toEqual(AS_POSTED);
  });

  it('with a DSB before the ISB, only what comes before the end of the quiescent state is old', async () => {
    const ordered = replace(MBOX, /(define arch_after_quiescence\(\)\t)isb\(\)$/gm, '$1do { dsb(ish); isb(); } while (0)');
    const before = ANYWHERE.filter((place) => place !== 'text_after_eqs_exit=1');
    expect(stale(await reviewed(ordered))).toEqual({ guest: before, idle: before, 'idle-irq': before, user: before });
  });

  it('where all are interrupted after all, nothing is old', async () => {
    const all = inMail(MBOX, mail(3), (text) =>
      replace(text, 'smp_call_function_many(&awake, do_nothing, NULL, 1)', 'smp_call_function(do_nothing, NULL, 1)'),
    );
    expect(stale(await reviewed(all))).toEqual({});
  });

  it('where nobody waits for those that are interrupted, they execute old text, too', async () => {
    const hasty = inMail(MBOX, mail(3), (text) => replace(text, /(\+\tsmp_call_function_many\(&awake, do_nothing, NULL, )1/, '$10'));
    expect((await reviewed(hasty)).findings.map(({ scenario }) => scenario)).toContain('arm64/patch-text');
  });
});
