import type { Entry } from './group.js';
import type { Mail, Rejection } from './types.js';

/**
 * Each mail once, in an order that hangs on the mails alone and not on how they came: by date, subject and id. Of several copies of one id
 * (lists add footers) the best stands for all.
 */
export function inMailOrder(mails: readonly Mail[], rejected: Rejection[]): readonly Mail[] {
  const copies = new Map<string, Mail[]>();
  for (const mail of mails) {
    const same = copies.get(mail.messageId);
    if (same) same.push(mail);
    else copies.set(mail.messageId, [mail]);
  }
  const unique: Mail[] = [];
  for (const same of copies.values()) {
    const [best, ...others] = same.length === 1 ? same : same.sort(byCopy);
    if (!best) continue;
    unique.push(best);
    for (const { messageId, subject, body } of others) {
      const why =
        body === best.body
          ? 'the same mail came twice'
          : 'another mail of the source has the same Message-ID and is taken in place of this one';
      rejected.push({ messageId, subject, why });
    }
  }
  return unique.sort(byTime);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A mail without a date comes last. */
function byTime(a: Mail, b: Mail): number {
  const [from, to] = [a.date ?? Number.POSITIVE_INFINITY, b.date ?? Number.POSITIVE_INFINITY];
  return from === to ? compare(a.subject, b.subject) || compare(a.messageId, b.messageId) : from - to;
}

/** The least damaged copy first, then the shortest: what a list adds makes it longer. */
function byCopy(a: Mail, b: Mail): number {
  return (
    a.problems.length - b.problems.length ||
    a.body.length - b.body.length ||
    compare(JSON.stringify([a.body, a]), JSON.stringify([b.body, b]))
  );
}

/** Parents before children, so that a patch finds the series of the mail that it answers; a loop counts as one that begins anywhere in it. */
export function inThreadOrder(entries: readonly Entry[]): readonly Entry[] {
  const byId = new Map(entries.map((entry) => [entry.patch.mail.messageId, entry]));
  const depths = new Map<Entry, number>();
  const depthOf = (entry: Entry): number => {
    const path = new Set<Entry>();
    let at: Entry | undefined = entry;
    while (at && !depths.has(at) && !path.has(at)) {
      path.add(at);
      at = byId.get(at.patch.mail.inReplyTo ?? '');
    }
    let depth = at ? (depths.get(at) ?? 0) : -1;
    for (const step of [...path].reverse()) depths.set(step, ++depth);
    return depths.get(entry) ?? 0;
  };
  return entries
    .map((entry, order) => ({ entry, order, depth: depthOf(entry) }))
    .sort((a, b) => a.depth - b.depth || (a.entry.patch.mail.date ?? 0) - (b.entry.patch.mail.date ?? 0) || a.order - b.order)
    .map(({ entry }) => entry);
}
