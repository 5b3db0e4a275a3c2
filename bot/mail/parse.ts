import { createHash } from 'node:crypto';
import type { AddressObject, Attachment, ParsedMail, SimpleParserOptions } from 'mailparser';
import type { Mail, Rejection } from '../series/types.js';
import { mayHoldDiff } from './detect.js';
import { messageIds, parseMailDate, readHead } from './header.js';
import { parseSimpleMail } from './simple.js';
import { lineEnds, oneLine } from './text.js';

export type MailReading = { readonly kind: 'mail'; readonly mail: Mail } | { readonly kind: 'rejected'; readonly rejection: Rejection };

/** Without these the parser spends three quarters of its time on an HTML copy of the text. */
const OPTIONS: SimpleParserOptions = { skipTextToHtml: true, skipHtmlToText: true, skipTextLinks: true, skipImageLinks: true };

/** Decodes one mail (without an mbox `From ` line). What was lost or made up is in the mail's `problems`. */
export async function parseMail(raw: Buffer): Promise<MailReading> {
  const simple = parseSimpleMail(raw);
  return simple ? { kind: 'mail', mail: simple } : parseAnyMail(raw);
}

/** The same for mails of every form, in some 0.2 ms each. */
export async function parseAnyMail(raw: Buffer): Promise<MailReading> {
  const hostile = tooMuch(raw);
  if (hostile !== null) return rejected(raw, hostile);
  // Loaded when a mail needs it: that takes as long as a thousand mails of the simple kind.
  const { simpleParser } = await import('mailparser');
  let parsed: ParsedMail;
  try {
    parsed = await simpleParser(withoutFlow(raw), OPTIONS);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return rejected(raw, `the mail cannot be decoded (${why.slice(0, 200)}); ask for it as plain text`);
  }
  const problems: string[] = [];
  const head = readHead(raw).fields;
  const { body, attached } = bodyOf(parsed, problems);
  const messageId = messageIds(parsed.messageId ?? '')[0] ?? bareId(parsed.messageId) ?? syntheticId(raw, problems);
  const references = messageIds(fieldText(parsed, 'references'));
  const inReplyTo = messageIds(fieldText(parsed, 'in-reply-to'))[0] ?? bareId(head.get('in-reply-to')) ?? null;
  const dateHeader = head.get('date') ?? '';
  const date = parseMailDate(dateHeader);
  if (date === null) problems.push(dateHeader === '' ? 'the mail has no Date' : 'the Date of the mail cannot be read');
  if (body.includes('\ufffd')) problems.push('some bytes of the body are not in the character set that the mail names');
  const mail: Mail = {
    messageId,
    subject: oneLine(parsed.subject ?? ''),
    from: asWritten(head.get('from'), parsed.from),
    date,
    dateHeader,
    to: asWritten(head.get('to'), parsed.to),
    cc: asWritten(head.get('cc'), parsed.cc),
    inReplyTo,
    references,
    body: attached === '' ? body : `${body}${body === '' || body.endsWith('\n') ? '' : '\n'}${attached}`,
    problems,
  };
  return { kind: 'mail', mail };
}

/** RFC 5322 allows lines of 998. */
const LONGEST_SUBJECT = 998;
const LONGEST_HEAD = 1 << 20;
const MOST_BLANKS = 4096;

/** What the full parser is not given: it would refuse a long head in words of its own, and takes the square of a row of blanks. */
function tooMuch(raw: Buffer): string | null {
  const ends = [raw.indexOf('\n\n'), raw.indexOf('\n\r\n')].filter((at) => at >= 0);
  if (Math.min(raw.length, ...ends) >= LONGEST_HEAD) return 'the head of the mail is longer than 1 MiB';
  if (!/quoted-printable/i.test(raw.toString('latin1'))) return null;
  let blanks = 0;
  for (const byte of raw) {
    blanks = byte === 32 || byte === 9 ? blanks + 1 : 0;
    if (blanks > MOST_BLANKS) return `the mail holds more than ${MOST_BLANKS} blanks in a row and is not decoded`;
  }
  return null;
}

function rejected(raw: Buffer, why: string): MailReading {
  const head = readHead(raw).fields;
  const messageId = messageIds(head.get('message-id') ?? '')[0] ?? null;
  return { kind: 'rejected', rejection: { messageId, subject: (head.get('subject') ?? '').slice(0, LONGEST_SUBJECT), why } };
}

/** An id for bytes that have none: the same bytes get the same id. */
export function syntheticId(raw: Uint8Array, problems: string[]): string {
  problems.push('the mail has no Message-ID; one was made from its bytes');
  return `${createHash('sha256').update(raw).digest('hex').slice(0, 32)}@no-message-id.invalid`;
}

function bareId(field: string | undefined): string | null {
  const bare = (field ?? '').replace(/[<>]/g, '').trim();
  return /^[^\s@]+@[^\s@]+$/.test(bare) ? bare : null;
}

function bodyOf(parsed: ParsedMail, problems: string[]): { readonly body: string; readonly attached: string } {
  const body = lineEnds(parsed.text ?? '');
  const patches = parsed.attachments.filter(isPatch);
  const attached = patches.map((part) => lineEnds(decodeText(part))).join('\n');
  const whole = parsed.attachments.filter((part) => part.contentType === 'message/rfc822').length;
  if (whole > 0) problems.push(`${whole} attached ${whole === 1 ? 'mail is' : 'mails are'} not read; give it as a mailbox of its own`);
  if (body.trim() === '' && attached === '') {
    problems.push(parsed.html !== false && parsed.html !== '' ? 'the mail has only an HTML part' : 'the mail has no text');
  }
  return { body, attached };
}

function isPatch(part: Attachment): boolean {
  if (/^(?:text|application)\/(?:x-)?(?:patch|diff)$/i.test(part.contentType)) return true;
  if (part.contentType === 'text/plain' && mayHoldDiff(part.content)) return true;
  return /\.(?:patch|diff)$/i.test(part.filename ?? '') && /^(?:text\/|application\/octet-stream)/i.test(part.contentType);
}

function decodeText(part: Attachment): string {
  const header = part.headers.get('content-type');
  const charset = typeof header === 'object' && 'params' in header ? (header.params.charset ?? 'utf-8') : 'utf-8';
  try {
    return new TextDecoder(charset).decode(part.content);
  } catch {
    return part.content.toString('latin1');
  }
}

/** The field as the sender wrote it, unless it is encoded. */
function asWritten(field: string | undefined, decoded: AddressObject | AddressObject[] | undefined): string {
  const plain = field !== undefined && /^[\x20-\x7e\t]*$/.test(field) && !field.includes('=?');
  return oneLine(plain ? field : addressText(decoded));
}

function addressText(field: AddressObject | AddressObject[] | undefined): string {
  if (field === undefined) return '';
  return Array.isArray(field) ? field.map((entry) => entry.text).join(', ') : field.text;
}

/** All fields of a name together: some clients write In-Reply-To twice. */
function fieldText(parsed: ParsedMail, name: string): string {
  return parsed.headerLines
    .filter((entry) => entry.key === name)
    .map((entry) => entry.line.slice(entry.line.indexOf(':') + 1))
    .join(' ');
}

/**
 * The parser joins the lines of a format=flowed part, which destroys a patch. The word is overwritten in the heads of the mail and of its
 * parts, in place, so that the part is read as fixed.
 */
function withoutFlow(raw: Buffer): Buffer {
  const head = raw.toString('latin1', 0, Math.min(raw.length, 256 * 1024));
  if (!/flowed/i.test(head) && !raw.includes('flowed')) return raw;
  const lines = raw.toString('latin1').split('\n');
  let inHead = true;
  let inType = false;
  for (const [i, line] of lines.entries()) {
    if (!inHead) {
      if (line.startsWith('--')) inHead = true;
      continue;
    }
    if (line.trim() === '') {
      inHead = false;
      inType = false;
      continue;
    }
    if (!/^[ \t]/.test(line)) inType = /^content-type[ \t]*:/i.test(line);
    if (inType) lines[i] = line.replace(/\bflowed\b/i, 'fixed ').replace('"fixed "', '"fixed" ');
    else if (!/^[ \t]|^[!-9;-~]+[ \t]*:/.test(line)) inHead = line.startsWith('--');
  }
  return Buffer.from(lines.join('\n'), 'latin1');
}
