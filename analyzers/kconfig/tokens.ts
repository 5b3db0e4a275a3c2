import type { Macros } from './macros.js';

export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'quoted'; readonly text: string }
  | { readonly kind: 'operator'; readonly text: string };

const WORD = /[A-Za-z0-9_$-]/;
const PLAIN = /[A-Za-z0-9_-]*/y;
const OPERATOR = /^(?:\|\||&&|!=|<=|>=|[=<>!()])/;

/** The tokens of a line from `from` on, references expanded. `refused` is told of each character that Kconfig has no use for. */
export function tokenize(line: string, from: number, macros: Macros, refused: (character: string) => void): Token[] {
  const tokens: Token[] = [];
  let at = from;
  while (at < line.length) {
    const char = line[at] ?? '';
    if (char === ' ' || char === '\t') {
      at++;
    } else if (char === '#') {
      break;
    } else if (char === '"' || char === "'") {
      const quoted = quotedText(line, at, macros);
      tokens.push({ kind: 'quoted', text: quoted.text });
      at = quoted.end;
    } else if (WORD.test(char)) {
      const word = wordText(line, at, macros);
      if (word.text !== '') tokens.push({ kind: 'word', text: word.text });
      at = word.end;
    } else {
      const operator = OPERATOR.exec(line.slice(at, at + 2))?.[0];
      if (operator === undefined) refused(char);
      else tokens.push({ kind: 'operator', text: operator });
      at += operator?.length ?? 1;
    }
  }
  return tokens;
}

function quotedText(line: string, open: number, macros: Macros): { text: string; end: number } {
  const quote = line[open];
  let text = '';
  let at = open + 1;
  while (at < line.length && line[at] !== quote) {
    if (line[at] === '$') {
      const expanded = macros.reference(line, at);
      text += expanded.text;
      at = expanded.end;
    } else {
      if (line[at] === '\\') at++;
      text += line[at] ?? '';
      at++;
    }
  }
  return { text, end: at + 1 };
}

/** What a reference gives is part of the word, whatever it holds; it is not read again. */
function wordText(line: string, from: number, macros: Macros): { text: string; end: number } {
  let text = '';
  let at = from;
  for (;;) {
    PLAIN.lastIndex = at;
    const plain = PLAIN.exec(line)?.[0] ?? '';
    text += plain;
    at += plain.length;
    if (line[at] !== '$') return { text, end: at };
    const expanded = macros.reference(line, at);
    text += expanded.text;
    at = expanded.end;
  }
}
