import { malformed } from './failure.js';
import { Source } from './source.js';
import type { Position } from './syntax.js';

/** `end` closes every list of tokens, so that a parser always has something to point at. */
export interface Token {
  readonly k: 'name' | 'number' | 'string' | 'symbol' | 'end';
  /** A string's text is without its quotes. */
  readonly text: string;
  readonly at: Position;
}

const patterns: readonly { readonly k: Token['k']; readonly pattern: RegExp }[] = [
  { k: 'number', pattern: /-?(?:0[xX][0-9a-fA-F]+|[0-9]+)/y },
  { k: 'name', pattern: /[A-Za-z_.$][A-Za-z0-9_.$]*/y },
  { k: 'string', pattern: /"[^"\n]*"/y },
  { k: 'symbol', pattern: /\/\\|\\\/|=>|==|!=|<>|[~:;,()[\]{}=*&+%]/y },
];

/** Tokens of an initial state or a condition. Throws LitmusFailure at a character that can begin none. */
export function tokenize(text: string, origin: Position): readonly Token[] {
  const source = new Source(text, origin);
  const tokens: Token[] = [];
  let i = 0;
  while (i < text.length) {
    const behind = source.afterComment(i, 'litmus');
    if (behind > i) {
      i = behind;
      continue;
    }
    if (/\s/.test(text[i] ?? '')) {
      i++;
      continue;
    }
    const token = tokenAt(text, i);
    if (!token) throw malformed(source.position(i), 'a name, a number or an operator', `\`${text[i] ?? ''}\``);
    tokens.push({ k: token.k, text: token.k === 'string' ? token.text.slice(1, -1) : token.text, at: source.position(i) });
    i += token.text.length;
  }
  tokens.push({ k: 'end', text: '', at: source.position(text.length) });
  return tokens;
}

function tokenAt(text: string, offset: number): { readonly k: Token['k']; readonly text: string } | null {
  for (const { k, pattern } of patterns) {
    pattern.lastIndex = offset;
    const found = pattern.exec(text);
    if (found) return { k, text: found[0] };
  }
  return null;
}

/** A place in a list of tokens. */
export class Cursor {
  private next = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  /** The token `ahead` places on; the last one, `end`, goes on for ever. */
  peek(ahead = 0): Token {
    const token = this.tokens[Math.min(this.next + ahead, this.tokens.length - 1)];
    if (!token) throw new Error('a list of tokens ends with `end`');
    return token;
  }

  take(): Token {
    const token = this.peek();
    this.next++;
    return token;
  }

  at(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.k === 'symbol' || token.k === 'name');
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

  wrong(expected: string): Error {
    const { k, text, at } = this.peek();
    return malformed(at, expected, k === 'end' ? 'the end of this part' : `\`${text}\``);
  }
}
