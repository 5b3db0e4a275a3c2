import { createHash } from 'node:crypto';
import { addressOf, parseSubject } from '../series/subject.js';
import type { Mail } from '../series/types.js';

/** Of a long References field, so many ids nearest to the mail, and the first. */
const NEAREST = 64;
const LONGEST_NAME = 250;

/** What ties a mail to others: mails that share a name are assembled together. */
export interface Links {
  readonly names: readonly string[];
  /** Of a numbered patch that answers nothing: patches of one run that were sent at about the same time are assembled together. */
  readonly run: string | null;
}

export function linksOf(mail: Mail): Links {
  const { messageId, inReplyTo, references } = mail;
  const ids = [messageId, ...(inReplyTo === null ? [] : [inReplyTo]), ...references.slice(0, 1), ...references.slice(-NEAREST)];
  const stem = stemOf(messageId);
  const names = new Set(ids.map((id) => short(id)));
  // A blank is in no message id.
  if (stem !== null) names.add(short(`stem ${stem}`));
  return { names: [...names], run: runOf(mail) };
}

/** `20240101120000.1234-2-name@host`: git send-email numbers the mails of one run behind a common stem. */
function stemOf(messageId: string): string | null {
  const match = /^(\d{10,14}[.-]\d+)-\d+-(.+)$/.exec(messageId);
  return match ? `${match[1] ?? ''} ${match[2] ?? ''}` : null;
}

function runOf(mail: Mail): string | null {
  if (mail.inReplyTo !== null || mail.references.length > 0) return null;
  const subject = parseSubject(mail.subject);
  if (subject.reply || subject.total === null || subject.index === null) return null;
  const prefixes = [...subject.prefixes].sort().join(' ').toLowerCase();
  return short(`${addressOf(mail.from)} ${subject.total} ${subject.version ?? 1} ${prefixes}`);
}

function short(name: string): string {
  return name.length <= LONGEST_NAME ? name : `long ${createHash('sha256').update(name).digest('hex')}`;
}
