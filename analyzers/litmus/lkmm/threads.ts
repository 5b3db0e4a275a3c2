import { malformed, unsupported } from '../failure.js';
import { Source } from '../source.js';
import type { Body, Position } from '../syntax.js';

/** A thread of a C litmus test, as kernel C that can be compiled. */
export interface ThreadSource {
  readonly thread: number;
  readonly at: Position;
  /** Parameters: the addresses of the variables of these names. */
  readonly params: readonly string[];
  /** Its registers: what it declares and what it only sets. */
  readonly locals: readonly string[];
  /** A function definition whose lines are those of the file, from `line` on. */
  readonly text: string;
  readonly line: number;
}

interface Token {
  readonly text: string;
  readonly offset: number;
}

const MAX_THREADS = 64;

/**
 * Splits the program of a C litmus test into its threads. The dialect is untyped: an `int` holds pointers as well as numbers, all registers of
 * a thread have one scope, wherever they are declared, and need no declaration. So every integer becomes a word, and declarations move to
 * the top. Throws LitmusFailure.
 */
export function parseThreads(body: Body): ThreadSource[] {
  const source = new Source(body.text, body.at);
  const text = source.withoutComments('c');
  const tokens = tokenize(text);
  const threads: ThreadSource[] = [];
  let i = 0;
  const wrong = (expected: string): Error => {
    const token = tokens[i];
    return malformed(source.position(token?.offset ?? text.length), expected, token ? `\`${token.text}\`` : 'the end of the program');
  };
  while (i < tokens.length) {
    if (tokens[i]?.text === ';') {
      i++;
      continue;
    }
    const start = source.position(tokens[i]?.offset ?? 0);
    if (tokens[i]?.text === '#') throw unsupported(start, 'preprocessor lines');
    while (isWord(tokens[i]) && (isType(tokens, i) || tokens[i]?.text === 'static')) i++;
    const number = /^P(\d{1,4})$/.exec(tokens[i]?.text ?? '')?.[1];
    if (number === undefined) {
      if (isWord(tokens[i]) && tokens[i + 1]?.text === '(') throw unsupported(start, 'functions that are no threads');
      throw wrong('a thread, like `P0(int *x)`');
    }
    const thread = Number(number);
    if (thread >= MAX_THREADS || threads.some((other) => other.thread === thread))
      throw wrong(`one of at most ${String(MAX_THREADS)} threads`);
    i++;
    if (tokens[i]?.text !== '(') throw wrong('`(`');
    const close = matching(tokens, i, '(', ')');
    if (close < 0) throw wrong('`)` for this `(`');
    const params = parseParams(source, tokens.slice(i + 1, close));
    i = close + 1;
    if (tokens[i]?.text !== '{') throw wrong('`{`');
    const end = matching(tokens, i, '{', '}');
    if (end < 0) throw wrong('`}` for this `{`');
    const { locals, pointers, edits } = declarations(source, tokens.slice(i + 1, end), params);
    const head = `void P${number}(${params.map((name) => `long *${name}`).join(', ')}) {`;
    const declared = locals.map((name) => `long ${'*'.repeat(pointers.get(name) ?? 0)}${name};`).join(' ');
    const from = (tokens[i]?.offset ?? 0) + 1;
    const to = tokens[end]?.offset ?? text.length;
    const { line } = source.position(tokens[i]?.offset ?? 0);
    threads.push({ thread, at: start, params, locals, line, text: `${head} ${declared} ${edited(text, from, to, edits)}}` });
    i = end + 1;
  }
  if (threads.length === 0) throw wrong('a thread, like `P0(int *x)`');
  return threads.sort((a, b) => a.thread - b.thread);
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const found of text.matchAll(/[A-Za-z_]\w*|\d\w*|"[^"\n]*"|\S/g)) tokens.push({ text: found[0], offset: found.index });
  return tokens;
}

const isWord = (token: Token | undefined): boolean => token !== undefined && /^[A-Za-z_]/.test(token.text);

/** Where the bracket at `open` closes; -1 where it does not. */
function matching(tokens: readonly Token[], open: number, opening: string, closing: string): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if (tokens[i]?.text === opening) depth++;
    else if (tokens[i]?.text === closing && --depth === 0) return i;
  }
  return -1;
}

const qualifiers = new Set(['const', 'volatile', 'register', '__rcu']);
const integers = new Set([
  ...['void', 'char', 'short', 'int', 'long', 'signed', 'unsigned', 'bool', '_Bool', 'size_t', 'intptr_t', 'uintptr_t'],
  ...['u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64', '__u8', '__u16', '__u32', '__u64'],
  ...['int8_t', 'int16_t', 'int32_t', 'int64_t', 'uint8_t', 'uint16_t', 'uint32_t', 'uint64_t'],
  ...['atomic_t', 'atomic64_t', 'atomic_long_t', 'atomic_int', 'spinlock_t', 'raw_spinlock_t', 'mutex_t', 'rwlock_t'],
]);

/** Whether a type, or part of one, stands here. */
const isType = (tokens: readonly Token[], i: number): boolean => {
  const { text } = tokens[i] ?? { text: '' };
  return integers.has(text) || qualifiers.has(text) || text === 'struct' || tokens[i - 1]?.text === 'struct';
};

function parseParams(source: Source, tokens: readonly Token[]): string[] {
  if (tokens.length === 0 || (tokens.length === 1 && tokens[0]?.text === 'void')) return [];
  const params: string[] = [];
  let part: Token[] = [];
  for (const token of [...tokens, { text: ',', offset: tokens.at(-1)?.offset ?? 0 }]) {
    if (token.text !== ',') {
      part.push(token);
      continue;
    }
    const name = part.findLast((each, i) => isWord(each) && !isType(part, i));
    const at = source.position(part[0]?.offset ?? token.offset);
    if (!name)
      throw malformed(
        at,
        'a parameter, like `int *x`',
        part.length === 0 ? `\`${token.text}\`` : `\`${part.map((each) => each.text).join(' ')}\``,
      );
    if (!part.some((each) => each.text === '*' || each.text === '[')) throw unsupported(at, 'parameters that are no pointers');
    params.push(name.text);
    part = [];
  }
  return params;
}

/** `text` stands in place of what lies between two offsets. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface Declarations {
  readonly locals: readonly string[];
  /** Stars of those that are declared as pointers. */
  readonly pointers: ReadonlyMap<string, number>;
  readonly edits: readonly Edit[];
}

/** The registers of a thread, and the edits that leave of declarations only what they set. */
function declarations(source: Source, tokens: readonly Token[], params: readonly string[]): Declarations {
  const locals = new Set<string>();
  const pointers = new Map<string, number>();
  const edits: Edit[] = [];
  const isStatementStart = (i: number): boolean => i === 0 || [';', '{', '}', ')', 'else', 'do', ':'].includes(tokens[i - 1]?.text ?? '');
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token) break;
    if (isType(tokens, i) && isStatementStart(i)) {
      i = declaration(i);
      continue;
    }
    if (isType(tokens, i)) {
      // A cast: to words too.
      let end = i;
      while (isType(tokens, end + 1)) end++;
      const last = tokens[end] ?? token;
      edits.push({ from: token.offset, to: last.offset + last.text.length, text: 'long' });
      i = end;
      continue;
    }
    const isSet = isWord(token) && isStatementStart(i) && tokens[i + 1]?.text === '=' && tokens[i + 2]?.text !== '=';
    if (isSet && !params.includes(token.text)) locals.add(token.text);
  }
  return { locals: [...locals], pointers, edits };

  /** `int r1 = 1, *r2;` from its first word on; gives the index of its end. */
  function declaration(start: number): number {
    let i = start;
    while (isType(tokens, i)) i++;
    edits.push({ from: tokens[start]?.offset ?? 0, to: tokens[i]?.offset ?? 0, text: '' });
    for (;;) {
      const from = i;
      while (tokens[i]?.text === '*' || qualifiers.has(tokens[i]?.text ?? '')) i++;
      const name = tokens[i];
      if (!name || !isWord(name)) throw malformed(source.position(name?.offset ?? 0), 'the name of a variable', `\`${name?.text ?? ''}\``);
      const stars = tokens.slice(from, i).filter((each) => each.text === '*').length;
      if (params.includes(name.text)) throw unsupported(source.position(name.offset), 'a local of the name of a parameter');
      if (locals.has(name.text) && (pointers.get(name.text) ?? 0) !== stars) pointers.delete(name.text);
      else if (stars > 0) pointers.set(name.text, stars);
      locals.add(name.text);
      i++;
      if (tokens[i]?.text === '[') throw unsupported(source.position(name.offset), 'arrays of a thread');
      const hasValue = tokens[i]?.text === '=';
      let depth = 0;
      while (i < tokens.length) {
        const { text } = tokens[i] ?? { text: '' };
        if (depth === 0 && (text === ',' || text === ';')) break;
        if ('([{'.includes(text)) depth++;
        if (')]}'.includes(text)) depth--;
        if (isType(tokens, i))
          edits.push({
            from: tokens[i]?.offset ?? 0,
            to: (tokens[i]?.offset ?? 0) + text.length,
            text: isType(tokens, i + 1) ? '' : 'long',
          });
        i++;
      }
      const end = tokens[i];
      if (!end) throw malformed(source.position(name.offset), '`;` at the end of this declaration', 'the end of the thread');
      const first = tokens[from] ?? name;
      edits.push({ from: first.offset, to: hasValue ? name.offset : end.offset, text: '' });
      if (end.text === ';') return i;
      edits.push({ from: end.offset, to: end.offset + 1, text: ';' });
      i++;
    }
  }
}

/** Keeps the line breaks of what it takes out, so that lines stay what they were. */
function edited(text: string, from: number, to: number, edits: readonly Edit[]): string {
  let out = '';
  let at = from;
  for (const edit of [...edits].sort((a, b) => a.from - b.from || a.to - b.to)) {
    out += text.slice(at, edit.from) + edit.text + text.slice(edit.from, edit.to).replace(/[^\n]/g, '');
    at = edit.to;
  }
  return out + text.slice(at, to);
}
