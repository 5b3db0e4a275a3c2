import type { Mail } from '../series/types.js';
import { decodeAddresses, decodeWords } from './encoded-words.js';
import { messageIds, parseMailDate } from './header.js';
import { lineEnds, oneLine } from './text.js';
import { decodeBase64, decodeQuotedPrintable } from './transfer.js';

/** A longer head is not what a mailing list sends. */
const LONGEST_HEAD = 64 * 1024;

/** Fields whose second copy would have to be chosen between, or put together. */
const ONCE = new Set([
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'from',
  'subject',
  'message-id',
  'date',
  'to',
  'cc',
  'in-reply-to',
  'references',
]);

/** Fields that may hold encoded words. */
const WORDS = new Set(['from', 'subject', 'to', 'cc']);

/** Every other form of the type (parts, names, comments, continued parameters) is left to the full parser. */
const PLAIN_TYPE = /^text\/plain(?:;\s?(?:charset|format|delsp)=(?:"[\w.-]+"|[\w.-]+)\s?)*;?$/i;
const CHARSET = /;\s?charset="?([\w.-]+)/i;

const UTF8 = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);
const LATIN1 = new Set(['iso-8859-1', 'iso8859-1', 'latin1']);

/**
 * Decodes the mails that most are: an ASCII head, one text/plain body. Gives what the full parser gives, byte for byte,
 * some ten times as fast; null for every mail that asks for more, and for those of which something has to be said.
 */
export function parseSimpleMail(raw: Buffer): Mail | null {
  const head = headOf(raw);
  if (head === null) return null;
  const fields = fieldsOf(head.text);
  if (fields === null) return null;
  const messageId = /^<([^<>\s]+)>$/.exec(fields.get('message-id') ?? '')?.[1];
  if (messageId === undefined) return null;
  const body = bodyOf(raw, head.end, fields);
  if (body === null || body.includes('\ufffd') || !/\S/.test(body)) return null;
  const replyTo = fields.get('in-reply-to');
  const parent = replyTo === undefined ? null : messageIds(replyTo)[0];
  if (parent === undefined) return null;
  const dateHeader = fields.get('date') ?? '';
  const date = parseMailDate(dateHeader);
  if (date === null) return null;
  const subject = decodeWords(fields.get('subject') ?? '');
  const [from, to, cc] = [addresses(fields.get('from')), addresses(fields.get('to')), addresses(fields.get('cc'))];
  if (subject === null || from === null || to === null || cc === null) return null;
  return {
    messageId,
    subject: oneLine(subject),
    from,
    date,
    dateHeader,
    to,
    cc,
    inReplyTo: parent,
    references: messageIds(fields.get('references') ?? ''),
    body,
    problems: [],
  };
}

/** As written, unless there is something to decode in it. */
function addresses(field = ''): string | null {
  const decoded = field.includes('=?') ? decodeAddresses(field) : field;
  return decoded === null ? null : oneLine(decoded);
}

function headOf(raw: Buffer): { readonly text: string; readonly end: number } | null {
  const unix = raw.indexOf('\n\n', 0, 'latin1');
  const dos = raw.indexOf('\r\n\r\n', 0, 'latin1');
  const end = unix < 0 || (dos >= 0 && dos < unix) ? dos : unix;
  if (end < 0 || end > LONGEST_HEAD) return null;
  const text = raw.toString('latin1', 0, end);
  // Printable ASCII, folded as it may be: no raw 8-bit letters, no lone carriage return.
  if (!/^(?:[\t\x20-\x7e]|\r?\n)*$/.test(text)) return null;
  return { text, end: end + (end === dos ? 4 : 2) };
}

function fieldsOf(head: string): ReadonlyMap<string, string> | null {
  const fields = new Map<string, string>();
  let name = '';
  let value = '';
  const keep = (): boolean => {
    if (!ONCE.has(name)) return true;
    if (fields.has(name) || (value.includes('=?') && !WORDS.has(name))) return false;
    fields.set(name, value.trim());
    return true;
  };
  for (const line of head.split('\n')) {
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (bare.startsWith(' ') || bare.startsWith('\t')) {
      if (name === '') return null;
      value += ` ${bare.trimStart()}`;
      continue;
    }
    if (name !== '' && !keep()) return null;
    const colon = bare.indexOf(':');
    if (colon <= 0 || /[\s>]/.test(bare.slice(0, colon))) return null;
    name = bare.slice(0, colon).toLowerCase();
    value = bare.slice(colon + 1);
  }
  return name !== '' && keep() ? fields : null;
}

function bodyOf(raw: Buffer, start: number, fields: ReadonlyMap<string, string>): string | null {
  const type = fields.get('content-type') ?? 'text/plain';
  if (!PLAIN_TYPE.test(type)) return null;
  if (!/^(?:inline)?$/i.test(fields.get('content-disposition') ?? '')) return null;
  const charset = (CHARSET.exec(type)?.[1] ?? 'utf-8').toLowerCase();
  const encoding = UTF8.has(charset) ? 'utf8' : LATIN1.has(charset) ? 'latin1' : null;
  if (encoding === null) return null;
  const bytes = decoded(raw, start, (fields.get('content-transfer-encoding') ?? '').toLowerCase());
  if (bytes === null) return null;
  const text = lineEnds(bytes.toString(encoding));
  // Who says latin 1 and uses its second control set means a code page of Windows.
  return encoding === 'latin1' && /[\u0080-\u009f]/.test(text) ? null : text;
}

function decoded(raw: Buffer, start: number, encoding: string): Buffer | null {
  switch (encoding) {
    case '':
    case '7bit':
    case '8bit':
    case 'binary':
      return raw.subarray(start);
    case 'quoted-printable':
      return decodeQuotedPrintable(raw.toString('latin1', start));
    case 'base64':
      return decodeBase64(raw.toString('latin1', start));
    default:
      return null;
  }
}
