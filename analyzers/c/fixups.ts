import type { Token } from '../cpp/token.js';
import { type AsmBlock, readAsm, splitAt } from './asm-block.js';
import { annotationLength, cleanupAt, groupLength, spellings, typeWords } from './words.js';

/** What the grammar reads, with tables for what it cannot read. */
export interface Prepared {
  readonly text: string;
  /** The token that begins at each offset of `starts`. */
  readonly tokens: readonly Token[];
  readonly starts: readonly number[];
  /** `__asm_block_N(operands)` stands for the N-th. */
  readonly blocks: readonly AsmBlock[];
  /** `struct __typeof_N` stands for the type of the N-th expression of the function `__typeofs` at the end. */
  readonly typeofs: number;
  /** Functions that clean up variables, by the number of the token that the attribute stands behind. */
  readonly cleanups: ReadonlyMap<number, string>;
}

export interface FixupOptions {
  readonly isTypedef: (name: string) => boolean;
  readonly featureArgument: number;
}

export const TYPEDEF = '__typedef_';
export const TYPEOF = '__typeof_';
export const UNNAMED = '__unnamed';
export const ASM = '__asm_block_';

/**
 * Spells expanded tokens so that a grammar without types reads them right: a typedef name becomes a struct tag (so that `(u64)(x)` is a
 * cast), `typeof` and `asm` go to tables, types in the arguments of calls become `sizeof`, annotations go.
 */
export function prepare(tokens: readonly Token[], options: FixupOptions): Prepared {
  const fixer = new Fixer(options);
  fixer.run(tokens, 0);
  fixer.finish();
  return fixer;
}

class Fixer implements Prepared {
  text = '';
  readonly tokens: Token[] = [];
  readonly starts: number[] = [];
  readonly blocks: AsmBlock[] = [];
  readonly cleanups = new Map<number, string>();
  private readonly typeofTokens: (readonly Token[])[] = [];
  private readonly parts: string[] = [];
  private offset = 0;
  private nesting = 0;

  constructor(private readonly options: FixupOptions) {}

  get typeofs(): number {
    return this.typeofTokens.length;
  }

  finish(): void {
    if (this.typeofTokens.length > 0) {
      const at = this.tokens[0];
      if (at === undefined) return;
      this.put('void __typeofs(void) {', at);
      // The list grows while it is read: an operand may hold a typeof itself.
      for (let i = 0; i < this.typeofTokens.length && i < 5000; i++) {
        this.put('sizeof(', at);
        this.run(this.typeofTokens[i] ?? [], 1);
        this.put(');', at);
      }
      this.put('}', at);
    }
    this.text = this.parts.join('');
  }

  run(tokens: readonly Token[], depth: number): void {
    const texts = (index: number): string | undefined => tokens[index]?.text;
    const doubled = new Set<number>();
    for (let i = 0; i < tokens.length; i++) {
      const cleanup = cleanupAt(texts, i);
      if (cleanup !== null) this.cleanups.set(this.tokens.length - 1, cleanup.by);
      const dropped = cleanup?.length ?? annotationLength(texts, i);
      if (dropped > 0) {
        i += dropped - 1;
        continue;
      }
      const token = tokens[i];
      if (token === undefined) break;
      // An empty member, which the grammar does not know; an empty statement is none the poorer.
      if (token.text === ';' && texts(i - 1) === ';' && texts(i + 1) === '}') continue;
      if (token.text === '{') this.nesting++;
      else if (token.text === '}') this.nesting--;
      const end = token.text === '(' ? this.endOfValue(tokens, i) : null;
      if (end !== null) doubled.add(end);
      if (end !== null || doubled.has(i)) this.put(token.text, token);
      if (token.kind !== 'word') {
        this.put(token.kind === 'string' || token.kind === 'char' ? printable(token.text) : token.text, token);
        continue;
      }
      const used = this.word(token, tokens, i, depth);
      i += used - 1;
    }
  }

  /**
   * Where a value in parentheses ends that a grammar without types may take for that of a cast: in `(a) + b * c` it prefers `(a)(+b) * c`. Null
   * for what is none. A second pair of parentheses makes it a value for good.
   */
  private endOfValue(tokens: readonly Token[], open: number): number | null {
    const before = tokens[open - 1];
    if (before?.text === ']' || (before?.kind === 'word' && !beforeValue.has(before.text))) return null;
    const texts = (i: number): string | undefined => tokens[i]?.text;
    let at = open + 1;
    for (let length = annotationLength(texts, at); length > 0; length = annotationLength(texts, at)) at += length;
    const first = tokens[at];
    if (first?.kind !== 'word' || this.beginsType(first)) return null;
    const close = open + groupLength(texts, open) - 1;
    if (!afterCastOrValue.has(texts(close + 1) ?? '')) return null;
    // What stands behind parentheses may be the arguments of a call.
    if (before?.text === ')' && splitAt(tokens.slice(open + 1, close), ',').length > 1) return null;
    return close;
  }

  /** Handles the word at `index`; returns how many tokens it used. */
  private word(token: Token, tokens: readonly Token[], index: number, depth: number): number {
    const texts = (i: number): string | undefined => tokens[i]?.text;
    const next = texts(index + 1);
    const group = (from: number): readonly Token[] => tokens.slice(from + 1, from + groupLength(texts, from) - 1);
    switch (token.text) {
      case 'typeof':
      case '__typeof__':
      case '__typeof':
      case 'typeof_unqual':
      case '__typeof_unqual__': {
        if (next !== '(') break;
        const inner = group(index + 1);
        this.put(`struct ${TYPEOF}${this.typeofTokens.length}`, token);
        this.typeofTokens.push(inner);
        return inner.length + 3;
      }
      case '__auto_type':
        this.put(`struct ${TYPEOF}auto`, token);
        return 1;
      case '_Static_assert':
      case 'static_assert': {
        if (next !== '(') break;
        const length = groupLength(texts, index + 1);
        return 1 + length;
      }
      case '__label__': {
        let end = index;
        while (texts(end) !== ';' && texts(end) !== undefined) end++;
        return end - index + 1;
      }
      case 'asm':
      case '__asm__':
      case '__asm':
      case 'asm_volatile_goto':
      case 'asm_goto_output':
        return this.asm(token, tokens, index, depth);
      case 'case':
        return this.caseLabel(token, tokens, index, depth);
      case 'offsetof':
      case '__builtin_offsetof':
      case 'container_of':
      case 'container_of_const': {
        if (next !== '(' || depth > 50) break;
        const args = splitAt(group(index + 1), ',');
        const isOffset = token.text.endsWith('offsetof');
        const [first, second, third] = args;
        const member = isOffset ? second : third;
        if (first === undefined || second === undefined || member === undefined) break;
        const spelt = JSON.stringify(member.map((part) => part.text).join(''));
        if (isOffset) {
          this.put('__offsetof(sizeof(', token);
          this.run(first, depth + 1);
          this.put('),', token);
        } else {
          this.put('__container_of((', token);
          this.run(first, depth + 1);
          this.put('), sizeof(', token);
          this.run(second, depth + 1);
          this.put('),', token);
        }
        this.put(`${spelt})`, token);
        return 1 + groupLength(texts, index + 1);
      }
      default:
    }
    if (next === '(' && depth <= 50 && (callsWithTypes.has(token.text) || this.takesTypes(token, tokens, index))) {
      this.put(token.text, token);
      this.put('(', token);
      for (const [number, arg] of splitAt(group(index + 1), ',').entries()) {
        if (number > 0) this.put(',', token);
        const isType = arg[0] !== undefined && this.beginsType(arg[0]);
        if (isType) this.put('sizeof(', token);
        this.run(arg, depth + 1);
        if (isType) this.put(')', token);
      }
      this.put(')', token);
      return 1 + groupLength(texts, index + 1);
    }
    if (next === ':' && basicTypes.has(token.text) && isMemberStart(texts, index)) {
      // A bit-field without a name, which the grammar does not know.
      this.put(`${token.text} ${UNNAMED}`, token);
      return 1;
    }
    const spelling = spellings.get(token.text);
    if (spelling !== undefined) this.put(spelling, token);
    else if (this.isTypedefUse(token, texts(index - 1), next)) this.put(`struct ${TYPEDEF}${token.text}`, token);
    else this.put(token.text, token);
    return 1;
  }

  /** A call in a body of which an argument is nothing but a type, as in `alloc_percpu(u64)`. */
  private takesTypes(token: Token, tokens: readonly Token[], index: number): boolean {
    if (this.nesting === 0 || notCalls.has(token.text) || typeWords.has(token.text) || this.options.isTypedef(token.text)) return false;
    const before = tokens[index - 1]?.text ?? '';
    if (before === 'struct' || before === 'union' || before === 'enum' || basicTypes.has(before) || this.options.isTypedef(before))
      return false;
    const texts = (i: number): string | undefined => tokens[i]?.text;
    const length = groupLength(texts, index + 1);
    if (length > 40) return false;
    return splitAt(tokens.slice(index + 2, index + length), ',').some((arg) => arg.length > 0 && this.isType(arg));
  }

  private isType(tokens: readonly Token[]): boolean {
    const words = tokens.filter((token) => token.text !== '*' && token.text !== 'const' && token.text !== 'volatile');
    const [first, second] = words;
    if (first?.kind !== 'word') return false;
    if (first.text === 'struct' || first.text === 'union' || first.text === 'enum') return words.length === 2 && second?.kind === 'word';
    if (basicTypes.has(first.text)) return words.every((token) => basicTypes.has(token.text));
    return words.length === 1 && tokens[0] === first && this.options.isTypedef(first.text);
  }

  private asm(token: Token, tokens: readonly Token[], index: number, depth: number): number {
    const texts = (i: number): string | undefined => tokens[i]?.text;
    let open = index + 1;
    while (qualifiers.has(texts(open) ?? '')) open++;
    if (texts(open) !== '(') {
      this.put(token.text, token);
      return 1;
    }
    const length = groupLength(texts, open);
    const previous = texts(index - 1);
    // `extern int f(void) asm("g");` and register variables: a name for the assembler.
    if (previous === ')' && open === index + 1 && depth === 0 && length <= 6) return open - index + length;
    // `register long r0 asm("r0") = 1`.
    const named = tokens[index - 1]?.kind === 'word' && !statementWords.has(previous ?? '');
    if (named && length === 3) return open - index + length;
    const { block, operands } = readAsm(tokens.slice(open + 1, open + length - 1), this.options.featureArgument);
    this.put(`${ASM}${this.blocks.length}(`, token);
    this.blocks.push(block);
    for (const [number, operand] of operands.entries()) {
      if (number > 0) this.put(',', token);
      this.put('(', token);
      if (depth <= 50) this.run(operand, depth + 1);
      this.put(')', token);
    }
    this.put(')', token);
    return open - index + length;
  }

  /** GNU `case a ... b:` becomes `case __case_range(a, b):`. */
  private caseLabel(token: Token, tokens: readonly Token[], index: number, depth: number): number {
    let end = index + 1;
    let dots = -1;
    let questions = 0;
    for (; end < tokens.length; end++) {
      const text = tokens[end]?.text;
      if (text === '...') dots = end;
      if (text === '?') questions++;
      if (text === ':' && questions-- === 0) break;
      if (text === ';' || text === '{') break;
    }
    this.put('case', token);
    if (dots < 0 || depth > 50) return 1;
    this.put('__case_range(', token);
    this.run(tokens.slice(index + 1, dots), depth + 1);
    this.put(',', token);
    this.run(tokens.slice(dots + 1, end), depth + 1);
    this.put(')', token);
    return end - index;
  }

  private beginsType(token: Token): boolean {
    return typeWords.has(token.text) || (token.kind === 'word' && this.options.isTypedef(token.text));
  }

  private isTypedefUse(token: Token, previous: string | undefined, next: string | undefined): boolean {
    if (!this.options.isTypedef(token.text)) return false;
    if (previous !== undefined && notBeforeType.has(previous)) return false;
    // `u64 pte_t;` declares a name that is a type elsewhere.
    if (previous !== undefined && (basicTypes.has(previous) || this.options.isTypedef(previous))) return false;
    if (next === '[' && previous === '(') return true;
    return next === undefined || !notAfterType.has(next);
  }

  private put(text: string, token: Token): void {
    if (text === '') return;
    this.starts.push(this.offset);
    this.tokens.push(token);
    this.parts.push(text, ' ');
    this.offset += text.length + 1;
  }
}

function isMemberStart(texts: (index: number) => string | undefined, index: number): boolean {
  let start = index;
  while (basicTypes.has(texts(start - 1) ?? '')) start--;
  return texts(start - 1) === '{' || texts(start - 1) === ';';
}

const qualifiers = new Set(['volatile', '__volatile__', '__volatile', 'goto', 'inline', '__inline__', '__inline']);
const basicTypes = new Set(['void', 'char', 'short', 'int', 'long', 'unsigned', 'signed', 'bool', 'float', 'double']);
/** Operators that take one operand or two. */
const afterCastOrValue = new Set(['+', '-', '*', '&']);
const beforeValue = new Set(['return', 'case', 'else', 'do', 'sizeof']);
const statementWords = new Set(['else', 'do']);
const notBeforeType = new Set(['.', '->', 'struct', 'union', 'enum', 'goto']);
const notAfterType = new Set(['=', '->', '.', '++', '--', '+=', '-=', '|=', '&=', '==', '!=', '[']);
const notCalls = new Set(['sizeof', 'if', 'while', 'for', 'switch', 'return', '_Alignof', 'alignof', '_Generic', 'else', 'do', 'case']);
const callsWithTypes = new Set([
  '__builtin_types_compatible_p',
  'va_arg',
  '__builtin_va_arg',
  '__same_type',
  'typecheck',
  '__builtin_has_attribute',
]);

function printable(text: string): string {
  let isPlain = true;
  for (let i = 0; i < text.length && isPlain; i++) isPlain = text.charCodeAt(i) < 127 && text.charCodeAt(i) >= 32;
  return isPlain ? text : text.replace(/[^ -~]/g, '?');
}
