import { malformed } from '../failure.js';
import { Source } from '../source.js';
import type { Position } from '../syntax.js';
import type { Text } from './document.js';

/** `end` closes every list of tokens. */
export interface Token {
  readonly k: 'name' | 'number' | 'symbol' | 'end';
  readonly text: string;
  readonly at: Position;
}

const PATTERN = /(0x[0-9a-fA-F]+|0b[01]+|[0-9]+)|([A-Za-z_][A-Za-z0-9_]*)|(\|->|\?->|↦|->|\.\.|&&|\|\||==|!=|[~;:,.()[\]{}=*&|^])/y;
const BLANK = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;

/** Tokens of the language of page tables, expressions and assertions. Throws LitmusFailure at a character that begins none. */
function tokenize({ text, at }: Text): Token[] {
  const source = new Source(text, at);
  const tokens: Token[] = [];
  for (let i = 0; i < text.length; ) {
    BLANK.lastIndex = i;
    const blank = BLANK.exec(text);
    if (blank) {
      i += blank[0].length;
      continue;
    }
    PATTERN.lastIndex = i;
    const found = PATTERN.exec(text);
    if (!found)
      throw malformed(source.position(i), 'a name, a number or an operator', `\`${String.fromCodePoint(text.codePointAt(i) ?? 0)}\``);
    const k = found[1] !== undefined ? 'number' : found[2] !== undefined ? 'name' : 'symbol';
    tokens.push({ k, text: found[0] === '↦' ? '|->' : found[0], at: source.position(i) });
    i += found[0].length;
  }
  return [...tokens, { k: 'end', text: '', at: source.position(text.length) }];
}

/** A place in the tokens of a text. */
export class Tokens {
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(text: Text) {
    this.tokens = tokenize(text);
  }

  peek(ahead = 0): Token {
    const last = this.tokens.length - 1;
    return this.tokens[Math.min(this.next + ahead, last)] ?? { k: 'end', text: '', at: { line: 1, column: 1 } };
  }

  at(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.k !== 'end' && token.text === text;
  }

  take(): Token {
    const token = this.peek();
    if (token.k !== 'end') this.next++;
    return token;
  }

  accept(text: string): boolean {
    if (!this.at(text)) return false;
    this.next++;
    return true;
  }

  expect(text: string): Token {
    if (!this.at(text)) throw this.wrong(`\`${text}\``);
    return this.take();
  }

  name(what: string): Token {
    if (this.peek().k !== 'name') throw this.wrong(what);
    return this.take();
  }

  number(what: string): bigint {
    if (this.peek().k !== 'number') throw this.wrong(what);
    return BigInt(this.take().text);
  }

  wrong(expected: string): Error {
    const { k, text, at } = this.peek();
    return malformed(at, expected, k === 'end' ? 'the end of the text' : `\`${text.slice(0, 40)}\``);
  }
}
