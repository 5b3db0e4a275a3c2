import { type MailContext, mailId, renderMail, replyTarget } from '../report/mail.js';
import type { Report, Review } from '../report/schema.js';
import type { Mail } from '../series/types.js';

/** Who a dry run writes as; a configuration will say otherwise. */
const FROM = { name: 'faultline', address: 'faultline@localhost' };

/** The reply to each review that has something to say, as an mbox where there are several. */
export function replies(report: Report, mails: readonly Mail[], file: string | undefined): string {
  const texts = contexts(report, mails).map(({ review, context }) =>
    renderMail(review, file === undefined ? context : { ...context, report: file }),
  );
  if (texts.length === 1) return texts[0] ?? '';
  return texts.map((text) => `From mboxrd@z Thu Jan  1 00:00:00 1970\n${text.replace(/^(>*From )/gm, '>$1')}\n`).join('');
}

/** The message-ids of these replies, by which answers to them are known. */
export const replyIds = (report: Report, mails: readonly Mail[]): readonly string[] =>
  contexts(report, mails).map(({ review, context }) => mailId(review, context));

function contexts(report: Report, mails: readonly Mail[]): { readonly review: Review; readonly context: MailContext }[] {
  return report.reviews.flatMap((review) => {
    if (review.findings.length === 0 && review.earlier.length === 0) return [];
    const target = replyTarget(review, null);
    const original = mails.find((mail) => mail.messageId === target);
    if (!original) return [];
    const to = addressOf(original.from);
    return [{ review, context: { from: FROM, to: to === null ? [] : [to], cc: [], date: original.date ?? 0, original } }];
  });
}

function addressOf(from: string): { name: string; address: string } | null {
  const found = /^(.*?)\s*<([^<>\s]+)>\s*$/.exec(from);
  if (found) return { name: (found[1] ?? '').replace(/^"|"$/g, ''), address: found[2] ?? '' };
  return /^[^\s<>]+@[^\s<>]+$/.test(from.trim()) ? { name: '', address: from.trim() } : null;
}
