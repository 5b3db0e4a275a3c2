/**
 * Mailboxes, split as git-mailsplit does: a line that begins with `From ` and ends in a time and a year starts a mail, as does the exact
 * line that public-inbox writes. Any other line that begins with `From ` is text.
 */
const FROM = Buffer.from('From ');
const NEWLINE = 10;
const LONGEST_FROM_LINE = 512;
const PUBLIC_INBOX = 'From mboxrd@z Thu Jan  1 00:00:00 1970';

export function isFromLine(line: string): boolean {
  if (!line.startsWith('From ')) return false;
  const bare = line.trimEnd();
  return bare === PUBLIC_INBOX || /\b\d{1,2}:\d{2}(?::\d{2})?\s+(?:[+-]\d{4}\s+|[A-Z]{2,5}\s+)?\d{4}(?:\s+[+-]\d{4})?$/.test(bare);
}

/** A mail of a mailbox, without its `From ` line. `tooLarge` mails have no bytes. */
export type MboxEntry =
  | { readonly kind: 'mail'; readonly raw: Buffer }
  | { readonly kind: 'too-large'; readonly bytes: number; readonly head: Buffer };

/** Splits bytes that come in pieces. Holds one mail at a time, and no more than `limit` bytes of it. */
export class MboxSplitter {
  #parts: Buffer[] = [];
  #size = 0;
  #overflow = 0;
  #lastByte = NEWLINE;
  #rest: Buffer = Buffer.alloc(0);
  #started = false;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The mails that ended within this piece. */
  push(piece: Uint8Array): readonly MboxEntry[] {
    const done: MboxEntry[] = [];
    const bytes = Buffer.concat([this.#rest, piece]);
    let from = 0;
    let at = bytes.subarray(0, FROM.length).equals(FROM) && this.#atLineStart() ? 0 : nextFrom(bytes, 0);
    while (at >= 0) {
      const end = bytes.indexOf(NEWLINE, at);
      if (end < 0 && bytes.length - at < LONGEST_FROM_LINE) break;
      const line = end < 0 ? '' : bytes.toString('latin1', at, Math.min(end, at + LONGEST_FROM_LINE));
      if (isFromLine(line)) {
        this.#keep(bytes.subarray(from, at));
        done.push(...this.#finish());
        this.#started = true;
        from = end + 1;
      }
      at = nextFrom(bytes, Math.max(at + 1, end));
    }
    // What may be the beginning of a `From ` line waits for the next piece.
    const hold = at >= 0 ? at : Math.max(from, bytes.length - FROM.length);
    this.#keep(bytes.subarray(from, hold));
    this.#rest = Buffer.from(bytes.subarray(hold));
    return done;
  }

  /** The last mail. */
  end(): readonly MboxEntry[] {
    const line = this.#rest.toString('latin1', 0, LONGEST_FROM_LINE);
    if (isFromLine(line) && this.#atLineStart()) {
      const done = this.#finish();
      this.#rest = Buffer.alloc(0);
      return done;
    }
    this.#keep(this.#rest);
    this.#rest = Buffer.alloc(0);
    return this.#finish();
  }

  #atLineStart(): boolean {
    return this.#lastByte === NEWLINE;
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const room = Math.min(this.#limit - this.#size, bytes.length);
    if (room > 0) {
      // A copy: the piece's memory must not be held by one small mail in it.
      this.#parts.push(Buffer.from(bytes.subarray(0, room)));
      this.#size += room;
    }
    this.#overflow += bytes.length - room;
    this.#lastByte = bytes[bytes.length - 1] ?? NEWLINE;
  }

  #finish(): readonly MboxEntry[] {
    const raw = Buffer.concat(this.#parts);
    const overflow = this.#overflow;
    this.#parts = [];
    this.#size = 0;
    this.#overflow = 0;
    if (overflow > 0) return [{ kind: 'too-large', bytes: raw.length + overflow, head: raw.subarray(0, 16384) }];
    if (!this.#started && raw.toString('latin1').trim() === '') return [];
    if (raw.length === 0) return [];
    return [{ kind: 'mail', raw: unescapeFrom(raw) }];
  }
}

function nextFrom(bytes: Buffer, from: number): number {
  const at = bytes.indexOf('\nFrom ', from, 'latin1');
  return at < 0 ? -1 : at + 1;
}

/** mboxrd: `>From ` at a line's start was `From `, `>>From ` was `>From `. */
function unescapeFrom(raw: Buffer): Buffer {
  if (!raw.includes('>From ')) return raw;
  return Buffer.from(raw.toString('latin1').replace(/^>(>*From )/gm, '$1'), 'latin1');
}
