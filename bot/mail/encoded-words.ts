/** RFC 2047: `=?CHARSET?q?TEXT?=` and `=?CHARSET?b?TEXT?=`. */
const WORD = /=\?([\w-]+)\?([QqBb])\?([^? ]*)\?=/;
const ONLY_WORD = new RegExp(`^${WORD.source}$`);

interface Word {
  readonly charset: 'utf8' | 'latin1';
  readonly encoding: 'q' | 'b';
  readonly text: string;
}

/**
 * Decodes a field of one line as the full parser does: encoded words beside each other make one text. Null where that takes more than UTF-8,
 * ASCII and Latin 1, words that stand alone, and bytes that are right.
 */
export function decodeWords(field: string): string | null {
  if (!field.includes('=?')) return field;
  const pieces: (string | Word)[] = [];
  for (const token of field.split(/([ \t]+)/)) {
    const word = token.includes('=?') ? readWord(token) : null;
    if (word === null) {
      if (token.includes('=?') || token.includes('?=')) return null;
      if (token !== '') pieces.push(token);
      continue;
    }
    // Blanks between two words are not part of the text.
    const before = pieces.at(-2);
    if (typeof before !== 'object') pieces.push(word);
    else {
      // Others than these, the parser does not join, or joins in a way of its own.
      if (before.charset !== word.charset || before.encoding !== word.encoding || before.text.endsWith('=')) return null;
      pieces.splice(-2, 2, { ...word, text: before.text + word.text });
    }
  }
  const texts = pieces.map((piece) => (typeof piece === 'string' ? piece : decode(piece)));
  return texts.includes(null) ? null : texts.join('');
}

/**
 * A list of addresses as the full parser writes it: names decoded and quoted. Null for lists that are more than names and addresses.
 */
export function decodeAddresses(field: string): string | null {
  const written: string[] = [];
  for (const entry of field.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)) {
    const match = /^\s*(?:(?:"([^"\\<>]*)"|([^"(),:;<>@\\[\]]*?))\s*<([\w.+=/-]+@[\w.-]+)>|([\w.+=/-]+@[\w.-]+))\s*$/.exec(entry);
    const address = match?.[3] ?? match?.[4];
    if (!match || address === undefined || address.includes('xn--')) return null;
    const quoted = match[1];
    if (quoted?.includes('=?')) return null;
    const name = quoted ?? decodeWords(match[2] ?? '');
    if (name === null) return null;
    written.push(name.trim() === '' ? address : `"${name.trim()}" <${address}>`);
  }
  return written.join(', ');
}

function readWord(token: string): Word | null {
  const [, name = '', encoding = '', text = ''] = ONLY_WORD.exec(token) ?? [];
  const charset = /^(?:utf-?8|us-ascii)$/i.test(name) ? 'utf8' : /^iso-8859-1$/i.test(name) ? 'latin1' : null;
  if (charset === null || !/^[\x21-\x7e]*$/.test(text)) return null;
  return { charset, encoding: /q/i.test(encoding) ? 'q' : 'b', text };
}

function decode({ charset, encoding, text }: Word): string | null {
  if (encoding === 'b' && !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  if (encoding === 'q' && /=(?![0-9A-Fa-f]{2})/.test(text)) return null;
  const bytes =
    encoding === 'b'
      ? Buffer.from(text, 'base64')
      : Buffer.from(
          text.replace(/_/g, ' ').replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        );
  const decoded = bytes.toString(charset);
  return /[\p{C}\ufffd"]/u.test(decoded) ? null : decoded;
}
