import type { SourceRef } from '../../simulator/program/types.js';
import type { SourceFile } from '../source/types.js';
import type { Token, TokenKind } from './token.js';

/** A line after backslash-newlines are joined and comments are gone. */
export interface LexedLine {
  readonly at: SourceRef;
  readonly tokens: readonly Token[];
  /** Name of the directive (`define`), '' for a lone `#`, null for a line of text. */
  readonly directive: string | null;
}

export interface LexedFile {
  readonly lines: readonly LexedLine[];
  /** The macro of an include guard around the whole file. */
  readonly guard: string | null;
}

export type Language = 'c' | 'asm';

/**
 * Splits a file into lines of tokens. In `asm` a quote that does not close on its line is a token of its own (comments of gas hold
 * apostrophes) and `#` begins a directive only before the name of one.
 */
export function lexFile(file: SourceFile, language: Language): LexedFile {
  let byLanguage = cache.get(file);
  if (byLanguage === undefined) {
    byLanguage = new Map();
    cache.set(file, byLanguage);
  }
  let lexed = byLanguage.get(language);
  if (lexed === undefined) {
    const lines = new Lexer(file, language).run();
    lexed = { lines, guard: guardOf(lines) };
    byLanguage.set(language, lexed);
  }
  return lexed;
}

/** The one token that `text` spells, or null when it is not exactly one (a bad `##`). */
export function lexOne(text: string, at: SourceRef, space: boolean): Token | null {
  const file: SourceFile = { path: at.file, text, lines: [{ origin: at.origin, line: at.line }] };
  const lines = new Lexer(file, 'asm').run();
  const token = lines[0]?.tokens[0];
  if (token === undefined || token.text !== text) return null;
  return { ...token, at, space };
}

const cache = new WeakMap<SourceFile, Map<Language, LexedFile>>();

const directives = new Set([
  'define',
  'undef',
  'include',
  'include_next',
  'if',
  'ifdef',
  'ifndef',
  'elif',
  'else',
  'endif',
  'error',
  'warning',
  'pragma',
  'line',
  'ident',
]);

const punctuators = ['<<=', '>>=', '...', '->', '++', '--', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '+=', '-=', '*=', '/=', '%='];
const wide = new Set([...punctuators, '&=', '|=', '^=', '##']);

const NEWLINE = 10;
const BACKSLASH = 92;
const SLASH = 47;
const STAR = 42;
const DOUBLE_QUOTE = 34;
const QUOTE = 39;
const DOT = 46;

class Lexer {
  private readonly text: string;
  private position = 0;
  private line = 1;
  private ref: SourceRef;

  constructor(
    private readonly file: SourceFile,
    private readonly language: Language,
  ) {
    this.text = file.text;
    this.ref = this.refOf(1);
  }

  run(): LexedLine[] {
    const lines: LexedLine[] = [];
    while (this.position < this.text.length) {
      const tokens = this.logicalLine();
      const first = tokens[0];
      if (first === undefined) continue;
      lines.push({ at: first.at, tokens, directive: this.directiveOf(tokens) });
    }
    return lines;
  }

  private directiveOf(tokens: readonly Token[]): string | null {
    if (tokens[0]?.text !== '#') return null;
    const name = tokens[1];
    if (name === undefined) return '';
    if (name.kind === 'word' && directives.has(name.text)) return name.text;
    return this.language === 'c' ? name.text : null;
  }

  private logicalLine(): Token[] {
    const tokens: Token[] = [];
    const { text } = this;
    let space = false;
    while (this.position < text.length) {
      const code = text.charCodeAt(this.position);
      if (code === NEWLINE) {
        this.newline();
        return tokens;
      }
      if (code === 32 || code === 9 || code === 13 || code === 11 || code === 12) {
        this.position++;
        space = true;
        continue;
      }
      if (code === BACKSLASH && this.continuation()) continue;
      if (code === SLASH) {
        const next = text.charCodeAt(this.position + 1);
        if (next === STAR) {
          this.blockComment();
          space = true;
          continue;
        }
        if (next === SLASH) {
          this.lineComment();
          space = true;
          continue;
        }
      }
      tokens.push(this.token(code, space));
      space = false;
    }
    return tokens;
  }

  private refOf(line: number): SourceRef {
    if (this.file.whole !== undefined) return { file: this.file.path, line, origin: this.file.whole };
    const known = this.file.lines[line - 1];
    return { file: this.file.path, line: known?.line ?? line, origin: known?.origin ?? 'tree' };
  }

  private newline(): void {
    this.position++;
    this.line++;
    this.ref = this.refOf(this.line);
  }

  /** Steps over a backslash-newline. */
  private continuation(): boolean {
    let end = this.position + 1;
    while (this.text.charCodeAt(end) === 32 || this.text.charCodeAt(end) === 13 || this.text.charCodeAt(end) === 9) end++;
    if (this.text.charCodeAt(end) !== NEWLINE) return false;
    this.position = end;
    this.newline();
    return true;
  }

  private blockComment(): void {
    const close = this.text.indexOf('*/', this.position + 2);
    const end = close < 0 ? this.text.length : close + 2;
    let newline = this.text.indexOf('\n', this.position);
    while (newline >= 0 && newline < end) {
      this.position = newline;
      this.newline();
      newline = this.text.indexOf('\n', this.position);
    }
    this.position = end;
  }

  private lineComment(): void {
    for (;;) {
      const newline = this.text.indexOf('\n', this.position);
      if (newline < 0) {
        this.position = this.text.length;
        return;
      }
      this.position = newline;
      if (this.text.charCodeAt(newline - 1) !== BACKSLASH) return;
      this.newline();
    }
  }

  private token(code: number, space: boolean): Token {
    const start = this.position;
    if (isWordStart(code)) {
      let end = start + 1;
      while (isWordPart(this.text.charCodeAt(end))) end++;
      return this.take('word', end, space);
    }
    if (isDigit(code) || (code === DOT && isDigit(this.text.charCodeAt(start + 1))))
      return this.take('number', this.numberEnd(start), space);
    if (code === DOUBLE_QUOTE) return this.take(...this.quoted(start, DOUBLE_QUOTE, 'string'), space);
    if (code === QUOTE) return this.take(...this.quoted(start, QUOTE, 'char'), space);
    if (wide.has(this.text.slice(start, start + 3))) return this.take('punct', start + 3, space);
    if (wide.has(this.text.slice(start, start + 2))) return this.take('punct', start + 2, space);
    return this.take('punct', start + 1, space);
  }

  private take(kind: TokenKind, end: number, space: boolean): Token {
    const text = this.text.slice(this.position, end);
    const at = this.ref;
    this.position = end;
    if (kind === 'string' && text.includes('\n')) {
      // A string continued with backslash-newline: count its lines, and spell it on one.
      for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === NEWLINE) this.line++;
      this.ref = this.refOf(this.line);
      return { kind, text: text.replace(/\\\r?\n/g, ''), at, space };
    }
    return { kind, text, at, space };
  }

  private numberEnd(start: number): number {
    let end = start + 1;
    for (;;) {
      const code = this.text.charCodeAt(end);
      const before = this.text.charCodeAt(end - 1) | 32;
      const signed = (code === 43 || code === 45) && (before === 112 || (before === 101 && (this.text.charCodeAt(start + 1) | 32) !== 120));
      if (!isWordPart(code) && code !== DOT && !signed) return end;
      end++;
    }
  }

  /** Kind and end of a literal; a quote that does not close is one punctuator. */
  private quoted(start: number, quote: number, kind: TokenKind): [TokenKind, number] {
    for (let end = start + 1; end < this.text.length; end++) {
      const code = this.text.charCodeAt(end);
      if (code === quote) return end === start + 1 && kind === 'char' ? ['punct', start + 1] : [kind, end + 1];
      if (code === NEWLINE) break;
      if (code === BACKSLASH) {
        if (this.text.charCodeAt(end + 1) === 13) end++;
        end++;
      } else if (kind === 'char' && end > start + 9) break;
    }
    return ['punct', start + 1];
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 36;
}

function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code);
}

function guardOf(lines: readonly LexedLine[]): string | null {
  const first = lines[0];
  const last = lines[lines.length - 1];
  if (first?.directive !== 'ifndef' || last?.directive !== 'endif') return null;
  let depth = 0;
  for (const [index, line] of lines.entries()) {
    if (line.directive === null) continue;
    if (line.directive.startsWith('if')) depth++;
    else if (line.directive === 'endif') depth--;
    else if (depth === 1 && (line.directive === 'else' || line.directive === 'elif')) return null;
    if (depth === 0 && index !== lines.length - 1) return null;
  }
  return first.tokens[2]?.text ?? null;
}
