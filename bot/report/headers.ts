import { wellFormed } from './text.js';

/** Somebody who sends or receives mail. */
export interface Address {
  /** Decoded display name; '' for none. */
  readonly name: string;
  /** `local@domain`, ASCII. */
  readonly address: string;
}

export type Header = readonly [name: string, value: string];

/** Header lines, folded, each a line of at most 998 octets. Values come from the functions below. */
export function renderHeaders(headers: readonly Header[]): string {
  return headers.map(([name, value]) => `${name}: ${value}\n`).join('');
}

/**
 * Free text for a header: unmodified (folded at blanks) where it is ASCII, encoded words (RFC 2047) where it is not or where a mailer could
 * misread it. Decoding gives the text back, but for control characters, which become one blank each run: no text can start a new header.
 */
export function headerText(text: string, nameLength: number): string {
  const plain = oneLine(text);
  // Words before the first odd one stay readable to people and to programs that do not decode.
  const odd = plain.search(/[^ -~]|=\?/);
  const head = odd < 0 ? plain : (/^(?:.*[^ ])? (?! )/.exec(plain.slice(0, odd))?.[0] ?? '').trimEnd();
  const folded = foldAtBlanks(head, nameLength + 2);
  if (folded.some((line) => line.length > MAX_LINE)) return encodedWords(plain, nameLength + 2);
  if (odd < 0) return folded.join('\n');
  return head === '' ? encodedWords(plain, nameLength + 2) : `${folded.join('\n')}\n ${encodedWords(plain.slice(head.length + 1), 1)}`;
}

/** Addresses, one a line. Those that are not plain `local@domain` are left out: no header is worth a guess at who is meant. */
export function headerAddresses(addresses: readonly Address[]): string {
  return addresses.filter(isUsable).map(renderAddress).join(',\n ');
}

export function isUsable(address: Address): boolean {
  return address.address.length <= 254 && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$/.test(address.address);
}

/** Message ids in angle brackets, one a line, each once. Ids that could not stand in a header are left out. */
export function headerIds(ids: readonly string[]): string {
  const usable = ids.filter((id) => id.length <= MAX_ID && /^[!-~]+$/.test(id) && !/[<>]/.test(id));
  return [...new Set(usable)].map((id) => `<${id}>`).join('\n ');
}

/** `Tue, 26 Mar 2024 08:34:00 +0000`. */
export function headerDate(ms: number): string {
  const at = new Date(ms);
  const two = (n: number): string => String(n).padStart(2, '0');
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map(two).join(':');
  return `${DAYS[at.getUTCDay()] ?? ''}, ${two(at.getUTCDate())} ${MONTHS[at.getUTCMonth()] ?? ''} ${at.getUTCFullYear()} ${time} +0000`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const FOLD = 76;
/** RFC 5322 allows 998 octets; what is longer is encoded, which can be cut anywhere. */
const MAX_LINE = 900;
const MAX_ID = 900;
const MAX_TEXT = 4000;

function oneLine(text: string): string {
  return wellFormed(text.slice(0, MAX_TEXT))
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

/** Breaks before blanks, which stay: unfolding gives the text back. */
function foldAtBlanks(text: string, firstColumn: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of text.split(/(?=(?<! ) )/)) {
    const used = line.length + (lines.length === 0 ? firstColumn : 0);
    if (line !== '' && used + piece.length > FOLD) {
      lines.push(line);
      line = piece;
    } else line += piece;
  }
  return [...lines, line];
}

function renderAddress(who: Address): string {
  const name = oneLine(who.name);
  if (name === '') return who.address;
  const ascii = /^[ -~]*$/.test(name) && !name.includes('=?');
  if (ascii && name.length <= 200) {
    const phrase = /^[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
    return `${phrase} <${who.address}>`;
  }
  return `${encodedWords(wellFormed(name.slice(0, 200)), 8)}\n <${who.address}>`;
}

/** Each word at most 75 characters and whole code points, as RFC 2047 demands. */
function encodedWords(text: string, firstColumn: number): string {
  const words: string[] = [];
  let chunk = '';
  const room = (): number => Math.floor(((words.length === 0 ? 75 - Math.min(firstColumn, 30) : 74) - '=?utf-8?B??='.length) / 4) * 3;
  for (const character of text) {
    if (Buffer.byteLength(chunk + character) > room()) {
      words.push(chunk);
      chunk = '';
    }
    chunk += character;
  }
  words.push(chunk);
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\n ');
}
