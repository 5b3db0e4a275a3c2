import { blankMail } from '../mail/blank.js';
import { mayHoldDiff } from '../mail/detect.js';
import { readHead } from '../mail/header.js';
import { parseMail, syntheticId } from '../mail/parse.js';
import type { Mail, Rejection } from '../series/types.js';
import { DEFAULT_LIMITS, type Limits, rawParts } from './raw.js';
import { nodeIo, readSource, type SourceBytes, type SourceIo } from './source.js';

export interface LoadedMails {
  readonly mails: readonly Mail[];
  readonly rejected: readonly Rejection[];
  /** Mails of a large source that were left out because they hold no diff. */
  readonly skipped: number;
}

/** Reads the mails of a file, folder, Maildir or `-`. Each part that is no mail is rejected with a sentence that says what it is. */
export async function loadMails(path: string, io: SourceIo = nodeIo, limits: Limits = DEFAULT_LIMITS): Promise<LoadedMails> {
  return loadParts(await readSource(path, io), limits);
}

/** Reads the mails of a source that is open. */
export async function loadParts(source: SourceBytes, limits: Limits = DEFAULT_LIMITS): Promise<LoadedMails> {
  const mails: Mail[] = [];
  const rejected: Rejection[] = [];
  let skipped = 0;
  for await (const entry of rawParts(source, limits)) {
    if (entry.kind === 'refused') rejected.push({ messageId: null, subject: entry.subject, why: entry.why });
    else if (entry.kind === 'diff') mails.push(bareDiff(entry.name, entry.raw));
    else if (entry.read > limits.decodeAllBytes && !worthDecoding(entry.raw)) skipped++;
    else {
      const reading = await parseMail(entry.raw);
      if (reading.kind === 'rejected') rejected.push(reading.rejection);
      else mails.push(reading.mail);
    }
  }
  return { mails, rejected, skipped };
}

/** In a large source: mails with a diff, mails whose text is encoded, and cover letters. */
function worthDecoding(raw: Buffer): boolean {
  if (mayHoldDiff(raw)) return true;
  const { fields } = readHead(raw);
  const subject = fields.get('subject') ?? '';
  const reply = /^\s*(?:re|aw|fwd?|sv)\s*:/i.test(subject);
  if (!reply && (/\b0+\s*(?:\/|of)\s*\d+\b/.test(subject) || subject.includes('=?'))) return true;
  // Base64 hides a diff; quoted-printable leaves `@@ -` as it is, so it was seen above.
  return (
    raw.includes('base64') &&
    (fields.get('content-transfer-encoding')?.toLowerCase() === 'base64' || /multipart/i.test(fields.get('content-type') ?? ''))
  );
}

/** A .patch or .diff without mail headers, as a mail that has only a body. */
function bareDiff(name: string, raw: Buffer): Mail {
  const problems = ['the input is a bare diff without mail headers'];
  const body = raw
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replace(/\r\n/g, '\n');
  // `git show` indents the message: its first line is the title.
  const shown = /^commit [0-9a-f]{7,}[^\n]*\n(?:[^\n]+\n)*\n {4}(\S[^\n]*)/.exec(body);
  const messageId = syntheticId(raw, problems);
  return blankMail({ messageId, subject: shown?.[1] ?? name.slice(name.lastIndexOf('/') + 1), body, problems });
}
