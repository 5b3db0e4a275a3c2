import { detect, mayHoldDiff } from '../mail/detect.js';
import { readHead } from '../mail/header.js';
import { type MboxEntry, MboxSplitter } from '../mail/mbox.js';
import { parseMail, syntheticId } from '../mail/parse.js';
import type { Mail, Rejection } from '../series/types.js';
import { gunzip, nodeIo, readSource, type SourceIo, type SourcePart } from './source.js';

export interface Limits {
  /** Bytes of one mail; larger ones are rejected unread. */
  readonly mailBytes: number;
  /** Bytes after which mails that can neither be a patch nor a cover letter are left out without decoding. */
  readonly decodeAllBytes: number;
  /** Bytes of the whole source, unpacked. */
  readonly sourceBytes: number;
}

export const DEFAULT_LIMITS: Limits = { mailBytes: 16 << 20, decodeAllBytes: 8 << 20, sourceBytes: 2 ** 31 };

export interface LoadedMails {
  readonly mails: readonly Mail[];
  readonly rejected: readonly Rejection[];
  /** Mails of a large source that were left out because they hold no diff. */
  readonly skipped: number;
}

interface Load {
  readonly mails: Mail[];
  readonly rejected: Rejection[];
  readonly limits: Limits;
  bytes: number;
  skipped: number;
}

/** Reads the mails of a file, folder, Maildir or `-`. Each part that is no mail is rejected with a sentence that says what it is. */
export async function loadMails(path: string, io: SourceIo = nodeIo, limits: Limits = DEFAULT_LIMITS): Promise<LoadedMails> {
  const load: Load = { mails: [], rejected: [], limits, bytes: 0, skipped: 0 };
  const source = await readSource(path, io);
  for (const why of source.faults) reject(load, why);
  for (const part of source.parts) {
    try {
      await loadPart(load, part);
    } catch (error) {
      reject(load, `${part.name}: cannot be read (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  return { mails: load.mails, rejected: load.rejected, skipped: load.skipped };
}

function reject(load: Load, why: string, messageId: string | null = null, subject = ''): void {
  load.rejected.push({ messageId, subject, why });
}

const DETECT_BYTES = 64 * 1024;

async function loadPart(load: Load, part: SourcePart, unpacked = false): Promise<void> {
  const chunks = part.chunks[Symbol.asyncIterator]();
  const head = await take(chunks, DETECT_BYTES);
  const kind = part.maildir ? maildirKind(head) : detect(head);
  const all = rejoin(head, chunks);
  switch (kind) {
    case 'gzip':
      // Once: a gzip file can be made that unpacks to itself.
      if (unpacked) reject(load, `${part.name}: packed twice; unpack it first`);
      else await loadPart(load, { ...part, chunks: gunzip(all) }, true);
      return;
    case 'mbox':
      await loadMbox(load, part, all);
      return;
    case 'mail':
    case 'diff': {
      const raw = await collect(all, load.limits.mailBytes);
      if (raw === null) reject(load, `${part.name}: larger than ${load.limits.mailBytes >> 20} MiB and not a mailbox, so not read`);
      else if (kind === 'mail') await loadMail(load, raw);
      else load.mails.push(bareDiff(part.name, raw));
      return;
    }
    case 'empty':
      reject(load, `${part.name}: the file is empty`);
      break;
    case 'html':
      reject(load, `${part.name}: an HTML page, not a mail; archives offer the same as raw text or mbox`);
      break;
    case 'binary':
      reject(load, `${part.name}: a binary file, not a mail`);
      break;
    case 'text':
      reject(load, `${part.name}: neither a mail (it has no From, Subject or Date at its head) nor a diff`);
      break;
  }
  await chunks.return?.();
}

function maildirKind(head: Buffer): ReturnType<typeof detect> {
  const kind = detect(head);
  return kind === 'mbox' || kind === 'text' ? 'mail' : kind;
}

async function loadMbox(load: Load, part: SourcePart, all: AsyncIterable<Uint8Array>): Promise<void> {
  const splitter = new MboxSplitter(load.limits.mailBytes);
  const before = load.mails.length + load.skipped;
  for await (const chunk of all) {
    load.bytes += chunk.length;
    if (load.bytes > load.limits.sourceBytes) {
      reject(load, `${part.name}: more than ${load.limits.sourceBytes >> 20} MiB; the rest is not read`);
      return;
    }
    for (const entry of splitter.push(chunk)) await loadEntry(load, entry);
  }
  for (const entry of splitter.end()) await loadEntry(load, entry);
  if (load.mails.length + load.skipped === before) reject(load, `${part.name}: the mailbox holds no mail that can be read`);
}

async function loadEntry(load: Load, entry: MboxEntry): Promise<void> {
  if (entry.kind === 'too-large') {
    const head = readHead(entry.head).fields;
    const why = `a mail of ${Math.round(entry.bytes / (1 << 20))} MiB is larger than the limit of ${load.limits.mailBytes >> 20} MiB and was not read`;
    reject(load, why, null, head.get('subject') ?? '');
    return;
  }
  if (load.bytes > load.limits.decodeAllBytes && !worthDecoding(entry.raw)) {
    load.skipped++;
    return;
  }
  await loadMail(load, entry.raw);
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

async function loadMail(load: Load, raw: Buffer): Promise<void> {
  const reading = await parseMail(raw);
  if (reading.kind === 'rejected') load.rejected.push(reading.rejection);
  else load.mails.push(reading.mail);
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
  return {
    messageId: syntheticId(raw, problems),
    subject: shown?.[1] ?? name.slice(name.lastIndexOf('/') + 1),
    from: '',
    date: null,
    dateHeader: '',
    to: '',
    cc: '',
    inReplyTo: null,
    references: [],
    body,
    problems,
  };
}

async function take(chunks: AsyncIterator<Uint8Array>, bytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size < bytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    parts.push(next.value);
    size += next.value.length;
  }
  return Buffer.concat(parts);
}

async function* rejoin(head: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function collect(chunks: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) return null;
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
