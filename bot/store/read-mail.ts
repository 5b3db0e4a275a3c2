import { hash } from 'node:crypto';
import { blankMail } from '../mail/blank.js';
import { parseMail } from '../mail/parse.js';
import type { Mail } from '../series/types.js';

/** A mail of the store, as far as it can be read. */
export type StoredMail =
  | { readonly kind: 'mail'; readonly mail: Mail }
  | { readonly kind: 'unreadable'; readonly mail: Mail; readonly why: string };

const DIGEST_BYTES = 20;

/** Of raw bytes: tells whether they are known. */
export const hashOf = (raw: Uint8Array): Buffer => hash('sha256', raw, 'buffer').subarray(0, DIGEST_BYTES);

/** Decodes a mail. One that cannot be decoded is a mail without a body, so that it has its place in a thread. */
export async function readMail(raw: Buffer): Promise<StoredMail> {
  const reading = await parseMail(raw);
  if (reading.kind === 'mail') return reading;
  const { messageId, subject, why } = reading.rejection;
  const id = messageId ?? `${hashOf(raw).toString('hex')}@no-message-id.invalid`;
  const mail = blankMail({ messageId: id, subject, body: '', problems: [why] });
  return { kind: 'unreadable', mail, why };
}

/** Of all that was read of a mail: equal for copies that differ only in the way they came. */
export function contentOf({ mail }: StoredMail): Buffer {
  const { messageId, subject, from, dateHeader, to, cc, inReplyTo, references, body, problems } = mail;
  const head = JSON.stringify([messageId, subject, from, dateHeader, to, cc, inReplyTo, references, problems]);
  return hash('sha256', `${head}\n${body}`, 'buffer').subarray(0, DIGEST_BYTES);
}
