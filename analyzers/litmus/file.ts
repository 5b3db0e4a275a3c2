import { malformed, unsupported } from './failure.js';
import { parseInit } from './init.js';
import { Cursor, tokenize } from './lexer.js';
import { parseLocations, parseProposition } from './proposition.js';
import { type CommentStyle, Source } from './source.js';
import type { Info, LitmusFile, Observed, Proposition } from './syntax.js';

/** In characters. The largest test anybody has shown us is some 20,000 long. */
const MAX_LENGTH = 1_000_000;

/** Takes a `.litmus` text apart. Throws LitmusFailure where it is none, or says something that no front end knows. */
export function parseFile(text: string): LitmusFile {
  const source = new Source(text);
  if (text.length > MAX_LENGTH) {
    throw malformed({ line: 1, column: 1 }, `at most ${String(MAX_LENGTH)} characters`, `${String(text.length)} characters`);
  }
  const first = parseFirstLine(source);
  const header = parseHeader(source, first.end);
  const init = closingBrace(source, header.brace);
  const style: CommentStyle = first.arch === 'C' ? 'c' : 'litmus';
  const tail = tailStart(source, init + 1, style);
  const initText = text.slice(header.brace + 1, init);
  return {
    arch: first.arch,
    name: first.name,
    at: source.position(first.start),
    info: header.info,
    init: parseInit(new Cursor(tokenize(initText, source.position(header.brace + 1)))),
    body: { text: text.slice(init + 1, tail), at: source.position(init + 1) },
    ...parseTail(new Cursor(tokenize(text.slice(tail), source.position(tail)))),
  };
}

/** The offset of the first character from `offset` on that is neither blank nor comment. */
function skipBlank(source: Source, offset: number): number {
  let i = offset;
  for (;;) {
    while (/\s/.test(source.text[i] ?? '')) i++;
    const behind = source.afterComment(i, 'litmus');
    if (behind === i) return i;
    i = behind;
  }
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

function parseFirstLine(source: Source): { arch: string; name: string; start: number; end: number } {
  const start = skipBlank(source, 0);
  const end = endOfLine(source.text, start);
  const line = source.text.slice(start, end);
  const found = /^([A-Za-z0-9_]+)[ \t]+([^\s;]+)/.exec(line);
  if (!found)
    throw malformed(source.position(start), 'an architecture and the name of the test', line === '' ? 'the end of the text' : quote(line));
  return { arch: found[1] ?? '', name: found[2] ?? '', start, end: start + found[0].length };
}

/** Up to the brace of the initial state: `key = value` lines, a title in quotes, comments, and whatever else people write there. */
function parseHeader(source: Source, offset: number): { info: Info[]; brace: number } {
  const { text } = source;
  const info: Info[] = [];
  let lineStart = false;
  for (let i = offset; i < text.length; ) {
    const c = text[i];
    if (c === '{') return { info, brace: i };
    if (text.startsWith('(*', i)) i = source.afterComment(i, 'litmus');
    else if (c === '"') {
      const close = text.indexOf('"', i + 1);
      if (close < 0) throw malformed(source.position(i), '`"` at the end of this title', 'the end of the text');
      i = close + 1;
    } else if (lineStart && /[A-Za-z]/.test(c ?? '')) {
      const end = endOfLine(text, i);
      const found = /^([A-Za-z][\w/.-]*)[ \t]*=(.*)$/.exec(text.slice(i, end));
      if (found) info.push({ key: found[1] ?? '', value: (found[2] ?? '').trim(), at: source.position(i) });
      // Words that are no `key = value` may be followed by the brace on their line.
      const brace = found ? -1 : text.slice(i, end).indexOf('{');
      i = brace < 0 ? end : i + brace;
      lineStart = false;
    } else {
      if (c === '\n') lineStart = true;
      else if (!/\s/.test(c ?? '')) lineStart = false;
      i++;
    }
  }
  throw malformed(source.position(text.length), '`{` and the initial state', 'the end of the text');
}

/** The brace that closes the one at `brace`. */
function closingBrace(source: Source, brace: number): number {
  const { text } = source;
  let depth = 0;
  for (let i = brace; i < text.length; ) {
    const behind = source.afterComment(i, 'litmus');
    if (behind > i) {
      i = behind;
      continue;
    }
    const c = text[i];
    if (c === '"') i = closingQuote(source, i);
    else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return i;
    i++;
  }
  throw malformed(source.position(text.length), '`}` at the end of the initial state', 'the end of the text');
}

function closingQuote(source: Source, open: number): number {
  const end = endOfLine(source.text, open);
  const close = source.text.indexOf('"', open + 1);
  if (close < 0 || close > end) throw malformed(source.position(open), '`"` at the end of this string', 'the end of the line');
  return close;
}

const tailWord = /(?:exists|forall|final|locations|filter|observed|Observed|cases)(?![A-Za-z0-9_.$])/y;

/** Where the program ends: at the first word of the conditions, or at the end of the text. */
function tailStart(source: Source, offset: number, style: CommentStyle): number {
  const { text } = source;
  let inWord = false;
  for (let i = offset; i < text.length; ) {
    const behind = source.afterComment(i, style);
    if (behind > i) {
      i = behind;
      inWord = false;
      continue;
    }
    const c = text[i] ?? '';
    if (style === 'c' && c === '"') {
      i = closingQuote(source, i) + 1;
      continue;
    }
    if (!inWord) {
      tailWord.lastIndex = i;
      if (tailWord.test(text)) return withNegation(text, i);
    }
    inWord = /[A-Za-z0-9_.$]/.test(c);
    i++;
  }
  return text.length;
}

/** `~` and `not` before `exists` belong to it. */
function withNegation(text: string, offset: number): number {
  const before = /(?:~|(?<![A-Za-z0-9_.$])not)\s*$/.exec(text.slice(Math.max(0, offset - 64), offset));
  return before ? offset - before[0].length : offset;
}

interface Tail {
  readonly locations: readonly Observed[];
  readonly filter: Proposition | null;
  readonly quantifier: LitmusFile['quantifier'];
  readonly condition: Proposition;
}

function parseTail(cursor: Cursor): Tail {
  const locations = cursor.accept('locations') ? parseLocations(cursor) : [];
  cursor.accept(';');
  const filter = cursor.accept('filter') ? parseProposition(cursor) : null;
  const end = (quantifier: Tail['quantifier'], condition: Proposition): Tail => {
    cursor.accept(';');
    if (cursor.at('with')) throw unsupported(cursor.peek().at, 'conditions by model (with)');
    if (cursor.peek().k !== 'end') throw cursor.wrong('`/\\`, `\\/` or the end of the condition');
    return { locations, filter, quantifier, condition };
  };
  if (cursor.accept('exists') || cursor.accept('final')) return end('exists', parseProposition(cursor));
  if (cursor.accept('forall')) return end('forall', parseProposition(cursor));
  if ((cursor.at('~') || cursor.at('not')) && cursor.at('exists', 1)) {
    cursor.take();
    cursor.take();
    return end('not-exists', parseProposition(cursor));
  }
  for (const word of ['observed', 'Observed', 'cases']) if (cursor.at(word)) throw unsupported(cursor.peek().at, word.toLowerCase());
  // A test that has locations and no condition only prints: every final state is as it should be. One that has neither was cut off.
  if (cursor.peek().k === 'end' && locations.length > 0)
    return { locations, filter, quantifier: 'forall', condition: { k: 'constant', holds: true } };
  throw cursor.wrong('`exists`, `~exists` or `forall`');
}

const quote = (text: string): string => `\`${text.length > 40 ? `${text.slice(0, 40)}…` : text}\``;

/** The `key = value` lines with this key, in whatever case. */
export function infoOf(file: LitmusFile, key: string): readonly Info[] {
  return file.info.filter((each) => each.key.toLowerCase() === key.toLowerCase());
}

/** The program's text, which knows where in the file it stands. */
export const bodySource = (file: LitmusFile): Source => new Source(file.body.text, file.body.at);
