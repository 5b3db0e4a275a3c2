/** Content transfer encodings (RFC 2045, section 6), for text given as latin1: one character for each byte. */

const EQUALS = 61;

/** Quoted-printable. What is no escape stands for itself, as in the wild. Linear in the text, whatever blanks it holds. */
export function decodeQuotedPrintable(text: string): Buffer {
  const out = Buffer.allocUnsafe(text.length);
  let size = 0;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const next = newline < 0 ? text.length : newline + 1;
    const returned = newline > at && text.charCodeAt(newline - 1) === 13;
    const lineEnd = newline < 0 ? text.length : returned ? newline - 1 : newline;
    let end = lineEnd;
    // Blanks at the end of a line were added on the way.
    while (end > at && isBlank(text.charCodeAt(end - 1))) end--;
    const soft = end > at && text.charCodeAt(end - 1) === EQUALS;
    size = unescape(text, at, soft ? end - 1 : end, out, size);
    if (!soft) for (let i = lineEnd; i < next; i++) out[size++] = text.charCodeAt(i);
    at = next;
  }
  return out.subarray(0, size);
}

function unescape(text: string, from: number, to: number, out: Buffer, at: number): number {
  let size = at;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    const high = code === EQUALS && i + 2 < to ? hexDigit(text.charCodeAt(i + 1)) : -1;
    const low = high < 0 ? -1 : hexDigit(text.charCodeAt(i + 2));
    if (low < 0) out[size++] = code;
    else {
      out[size++] = high * 16 + low;
      i += 2;
    }
  }
  return size;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** The value of 0-9, a-f or A-F; -1 for others. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Base64 in whole groups with at most one padding, at its end; null for anything else, such as a footer that a list added. */
export function decodeBase64(text: string): Buffer | null {
  const bare = text.replace(/[\r\n \t]+/g, '');
  if (bare.length % 4 !== 0) return null;
  const pad = bare.indexOf('=');
  if (pad >= 0 && pad < bare.length - 2) return null;
  if (/[^A-Za-z0-9+/]/.test(pad < 0 ? bare : bare.slice(0, pad)) || /[^=]/.test(pad < 0 ? '' : bare.slice(pad))) return null;
  return Buffer.from(bare, 'base64');
}
