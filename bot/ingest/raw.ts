import { basename } from 'node:path';
import { detect } from '../mail/detect.js';
import { readHead } from '../mail/header.js';
import { type MboxEntry, MboxSplitter } from '../mail/mbox.js';
import { syntheticId } from '../mail/parse.js';
import { gunzip, nodeIo, readSource, type SourceBytes, type SourceIo, type SourcePart } from './source.js';

export interface Limits {
  /** Bytes of one mail; larger ones are rejected unread. */
  readonly mailBytes: number;
  /** Bytes after which mails that can neither be a patch nor a cover letter are left out without decoding. */
  readonly decodeAllBytes: number;
  /** Bytes of the whole source, unpacked. */
  readonly sourceBytes: number;
}

export const DEFAULT_LIMITS: Limits = { mailBytes: 16 << 20, decodeAllBytes: 8 << 20, sourceBytes: 2 ** 31 };

/** What a file, folder or stream holds, not decoded yet. */
export type RawEntry =
  /** `read`: bytes of mailboxes before its end. */
  | { readonly kind: 'mail'; readonly raw: Buffer; readonly read: number }
  /** A diff without a mail around it, and the name of its file. */
  | { readonly kind: 'diff'; readonly raw: Buffer; readonly name: string }
  | { readonly kind: 'refused'; readonly subject: string; readonly why: string };

interface Reading {
  readonly limits: Limits;
  bytes: number;
}

/** Takes a file, folder, Maildir or `-` apart. Each part that is no mail is refused with a sentence that says what it is. */
export async function* rawMails(path: string, io: SourceIo = nodeIo, limits: Limits = DEFAULT_LIMITS): AsyncGenerator<RawEntry> {
  yield* rawParts(await readSource(path, io), limits);
}

/** Takes the parts of an opened source apart. */
export async function* rawParts(source: SourceBytes, limits: Limits = DEFAULT_LIMITS): AsyncGenerator<RawEntry> {
  const reading: Reading = { limits, bytes: 0 };
  for (const why of source.faults) yield refused(why);
  for (const part of source.parts) {
    try {
      yield* readPart(reading, part);
    } catch (error) {
      yield refused(`${part.name}: cannot be read (${error instanceof Error ? error.message : String(error)})`);
    }
  }
}

const refused = (why: string, subject = ''): RawEntry => ({ kind: 'refused', subject, why });

const mebi = (bytes: number): number => Math.round(bytes / 2 ** 20);

const DETECT_BYTES = 64 * 1024;

async function* readPart(reading: Reading, part: SourcePart, unpacked = false): AsyncGenerator<RawEntry> {
  const chunks = part.chunks[Symbol.asyncIterator]();
  const head = await take(chunks, DETECT_BYTES);
  const kind = part.maildir ? maildirKind(head) : detect(head);
  const all = rejoin(head, chunks);
  switch (kind) {
    case 'gzip':
      // Once: a gzip file can be made that unpacks to itself.
      if (unpacked) yield refused(`${part.name}: packed twice; unpack it first`);
      else yield* readPart(reading, { ...part, chunks: gunzip(all) }, true);
      return;
    case 'mbox':
      yield* readMbox(reading, part, all);
      return;
    case 'mail':
    case 'diff': {
      const raw = await collect(all, reading.limits.mailBytes);
      if (raw === null) yield refused(`${part.name}: larger than ${mebi(reading.limits.mailBytes)} MiB and not a mailbox, so not read`);
      else if (kind === 'mail') yield { kind, raw, read: 0 };
      else yield { kind, raw, name: part.name };
      return;
    }
    case 'empty':
      yield refused(`${part.name}: the file is empty`);
      break;
    case 'html':
      yield refused(`${part.name}: an HTML page, not a mail; archives offer the same as raw text or mbox`);
      break;
    case 'binary':
      yield refused(`${part.name}: a binary file, not a mail`);
      break;
    case 'text':
      yield refused(`${part.name}: neither a mail (it has no From, Subject or Date at its head) nor a diff`);
      break;
  }
  await chunks.return?.();
}

function maildirKind(head: Buffer): ReturnType<typeof detect> {
  const kind = detect(head);
  return kind === 'mbox' || kind === 'text' ? 'mail' : kind;
}

async function* readMbox(reading: Reading, part: SourcePart, all: AsyncIterable<Uint8Array>): AsyncGenerator<RawEntry> {
  const { mailBytes, sourceBytes } = reading.limits;
  const splitter = new MboxSplitter(mailBytes);
  let mails = 0;
  for await (const chunk of all) {
    reading.bytes += chunk.length;
    if (reading.bytes > sourceBytes) {
      yield refused(`${part.name}: more than ${mebi(sourceBytes)} MiB; the rest is not read`);
      return;
    }
    for (const entry of splitter.push(chunk)) {
      if (entry.kind === 'mail') mails++;
      yield fromMbox(entry, reading);
    }
  }
  for (const entry of splitter.end()) {
    if (entry.kind === 'mail') mails++;
    yield fromMbox(entry, reading);
  }
  if (mails === 0) yield refused(`${part.name}: the mailbox holds no mail that can be read`);
}

function fromMbox(entry: MboxEntry, { bytes, limits }: Reading): RawEntry {
  if (entry.kind === 'mail') return { kind: 'mail', raw: entry.raw, read: bytes };
  const why = `a mail of ${Math.round(entry.bytes / (1 << 20))} MiB is larger than the limit of ${mebi(limits.mailBytes)} MiB and was not read`;
  return refused(why, readHead(entry.head).fields.get('subject') ?? '');
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

/** A bare diff with as much of a mail around it as is needed to keep it with mails. */
export function asMail(name: string, diff: Buffer): Buffer {
  const title = basename(name).replace(/[^\x20-\x7e]+/g, ' ');
  return Buffer.concat([Buffer.from(`Subject: [PATCH] ${title}\nMessage-ID: <${syntheticId(diff, [])}>\n\n`), diff]);
}
