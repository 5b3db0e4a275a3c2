import type { SourceRef } from '../../simulator/program/types.js';
import type { SourceFile } from '../source/types.js';
import type { Token, TokenKind } from './token.js';

/**
 * A line after backslash-newlines are joined and comments are gone. Its tokens are made when they are asked for: most of what a translation
 * unit includes nobody looks at.
 */
export class LexedLine {
  private known: readonly Token[] | null = null;

  constructor(
    private readonly file: SourceFile,
    private readonly language: Language,
    /** Where its first token begins, and on which line of the file. */
    private readonly start: number,
    private readonly line: number,
    /** Name of the directive (`define`), '' for a lone `#`, null for a line of text. */
    readonly directive: string | null,
    /** How many tokens it has. */
    readonly length: number,
    /** Braces that it opens and closes. */
    readonly opens: number,
    readonly closes: number,
  ) {}

  get at(): SourceRef {
    return refOf(this.file, this.line);
  }

  /** Those of directives are kept: conditions and names of headers are read again and again. */
  get tokens(): readonly Token[] {
    if (this.known !== null) return this.known;
    const tokens: Token[] = [];
    new Lexer(this.file, this.language, this.start, this.line).next(tokens);
    if (this.directive !== null) this.known = tokens;
    return tokens;
  }

  /** Every token of it comes from there. */
  isAllFrom(origin: SourceRef['origin']): boolean {
    return this.file.whole === undefined ? this.tokens.every((token) => token.at.origin === origin) : this.file.whole === origin;
  }
}

function refOf(file: SourceFile, line: number): SourceRef {
  if (file.whole !== undefined) return { file: file.path, line, origin: file.whole };
  const known = file.lines[line - 1];
  return { file: file.path, line: known?.line ?? line, origin: known?.origin ?? 'tree' };
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
    const lines = linesOf(file, language);
    lexed = { lines, guard: guardOf(lines) };
    byLanguage.set(language, lexed);
  }
  return lexed;
}

/** The one token that `text` spells, or null when it is not exactly one (a bad `##`). */
export function lexOne(text: string, at: SourceRef, space: boolean): Token | null {
  const file: SourceFile = { path: at.file, text, lines: [{ origin: at.origin, line: at.line }] };
  const token = linesOf(file, 'asm')[0]?.tokens[0];
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
const HASH = 35;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

function linesOf(file: SourceFile, language: Language): LexedLine[] {
  const lexer = new Lexer(file, language, 0, 1);
  const lines: LexedLine[] = [];
  for (let line = lexer.next(null); line !== null; line = lexer.next(null)) lines.push(line);
  return lines;
}

/** Reads a file token by token, from a place on. */
class Lexer {
  private readonly text: string;
  private kind: TokenKind = 'punct';
  private ref: SourceRef | null = null;

  constructor(
    private readonly file: SourceFile,
    private readonly language: Language,
    private position: number,
    private line: number,
  ) {
    this.text = file.text;
  }

  /** The next line that has tokens; null at the end of the file. `tokens` receives them, where they are wanted. */
  next(tokens: Token[] | null): LexedLine | null {
    const { text } = this;
    let first: { readonly start: number; readonly line: number; readonly isHash: boolean } | null = null;
    let word: string | null = null;
    let count = 0;
    let opens = 0;
    let closes = 0;
    let space = false;
    while (this.position < text.length) {
      const code = text.charCodeAt(this.position);
      if (code === NEWLINE) {
        this.newline();
        if (first !== null) break;
        space = false;
        continue;
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
      const start = this.position;
      const end = this.endOfToken(code);
      first ??= { start, line: this.line, isHash: code === HASH && end === start + 1 };
      if (this.kind === 'punct') {
        if (code === OPEN_BRACE) opens++;
        else if (code === CLOSE_BRACE) closes++;
      }
      if (count === 1 && first.isHash) word = this.directiveOf(text.slice(start, end));
      count++;
      if (tokens === null) this.skip(end);
      else tokens.push(this.take(end, space));
      space = false;
    }
    if (first === null) return null;
    const directive = first.isHash ? (count === 1 ? '' : word) : null;
    return new LexedLine(this.file, this.language, first.start, first.line, directive, count, opens, closes);
  }

  private directiveOf(name: string): string | null {
    if (this.kind === 'word' && directives.has(name)) return name;
    return this.language === 'c' ? name : null;
  }

  private newline(): void {
    this.position++;
    this.line++;
    this.ref = null;
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

  /** Where the token ends that begins here; says in `kind` what it is. */
  private endOfToken(code: number): number {
    const { text, position: start } = this;
    if (isWordStart(code)) {
      let end = start + 1;
      while (isWordPart(text.charCodeAt(end))) end++;
      this.kind = 'word';
      return end;
    }
    if (isDigit(code) || (code === DOT && isDigit(text.charCodeAt(start + 1)))) {
      this.kind = 'number';
      return this.numberEnd(start);
    }
    if (code === DOUBLE_QUOTE) return this.endOfQuoted(start, DOUBLE_QUOTE, 'string');
    if (code === QUOTE) return this.endOfQuoted(start, QUOTE, 'char');
    this.kind = 'punct';
    if (!mayBeWide(text.charCodeAt(start + 1))) return start + 1;
    if (wide.has(text.slice(start, start + 3))) return start + 3;
    return wide.has(text.slice(start, start + 2)) ? start + 2 : start + 1;
  }

  private take(end: number, space: boolean): Token {
    const { kind } = this;
    const text = this.text.slice(this.position, end);
    const at = (this.ref ??= refOf(this.file, this.line));
    this.skip(end);
    // A string continued with backslash-newline: spelt on one line.
    return { kind, text: kind === 'string' && text.includes('\n') ? text.replace(/\\\r?\n/g, '') : text, at, space };
  }

  private skip(end: number): void {
    if (this.kind === 'string') {
      for (let at = this.text.indexOf('\n', this.position); at >= 0 && at < end; at = this.text.indexOf('\n', at + 1)) {
        this.line++;
        this.ref = null;
      }
    }
    this.position = end;
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

  /** The end of a literal; a quote that does not close is one punctuator. */
  private endOfQuoted(start: number, quote: number, kind: TokenKind): number {
    for (let end = start + 1; end < this.text.length; end++) {
      const code = this.text.charCodeAt(end);
      if (code === quote) {
        this.kind = end === start + 1 && kind === 'char' ? 'punct' : kind;
        return this.kind === 'punct' ? start + 1 : end + 1;
      }
      if (code === NEWLINE) break;
      if (code === BACKSLASH) {
        if (this.text.charCodeAt(end + 1) === 13) end++;
        end++;
      } else if (kind === 'char' && end > start + 9) break;
    }
    this.kind = 'punct';
    return start + 1;
  }
}

/** Whether it may be the second character of a punctuator. */
const mayBeWide = (code: number): boolean =>
  code === 35 || code === 38 || code === 43 || code === 45 || code === DOT || code === 124 || (code >= 60 && code <= 62);

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
