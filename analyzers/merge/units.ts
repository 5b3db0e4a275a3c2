export type Language = 'c' | 'asm';

/**
 * What an alignment compares. In C a unit is a token, or a whole preprocessor directive; in assembly it is an instruction, a label or a
 * directive. Comments and white space are in no unit.
 */
export interface Unit {
  /** Tokens joined by one blank: equal units have equal texts whatever their layout. */
  readonly text: string;
  /** `text` with its identifiers taken out: two units of one shape differ in names only. */
  readonly shape: string;
  readonly names: readonly string[];
  /** Number of tokens. */
  readonly size: number;
  /** Offsets into the text, end excluded. */
  readonly start: number;
  readonly end: number;
  /** Lines from 0. */
  readonly line: number;
  readonly endLine: number;
}

interface Token {
  readonly text: string;
  readonly name: boolean;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** First token after a line break that is not escaped. */
  readonly first: boolean;
}

export function languageOf(path: string): Language {
  return /\.(?:S|s)$/.test(path) ? 'asm' : 'c';
}

/** `split` lexes directives as single tokens too, for hunks that lie inside a macro of several lines. */
export function unitsOf(text: string, language: Language, split = false): Unit[] {
  const tokens = lex(text, language);
  if (split) return tokens.map((t) => unit([t]));
  return language === 'asm' ? asmUnits(tokens) : cUnits(tokens);
}

/** A unit's tokens again, as they stand between its blanks. */
export function words(text: string): string[] {
  return text.split(' ');
}

/**
 * A hunk may begin inside a comment. Such a head is overwritten by blanks, so that offsets and lines stay: everything up to a comment end
 * that has no beginning, else leading lines in the style of a comment's middle.
 */
export function blankCommentHead(text: string): string {
  const close = text.indexOf('*/');
  const open = text.indexOf('/*');
  if (close >= 0 && (open < 0 || close < open)) return blank(text, close + 2);
  let end = 0;
  for (const line of text.split('\n')) {
    if (line.trim() !== '' && !/^\s*\*(?:\s|$)/.test(line)) break;
    end += line.length + 1;
  }
  return blank(text, Math.min(end, text.length));
}

function blank(text: string, end: number): string {
  return text.slice(0, end).replace(/[^\n]/g, ' ') + text.slice(end);
}

const PUNCTUATORS = [
  '<<=',
  '>>=',
  '...',
  '->',
  '++',
  '--',
  '<<',
  '>>',
  '<=',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
  '##',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
];
const C_NAME = /[A-Za-z_$][\w$]*/y;
const ASM_NAME = /[A-Za-z_$.][\w$.]*/y;
const NUMBER = /[0-9](?:[\w.]|[eEpP][+-])*/y;
const STRING = /"(?:[^"\\\n]|\\(?:.|\n))*"?/y;
const CHARACTER = /'(?:[^'\\\n]|\\.)*'?/y;
const BLANKS = /[ \t\r\f\v\u00a0]+/y;

function lex(text: string, language: Language): Token[] {
  const tokens: Token[] = [];
  const nameAt = language === 'asm' ? ASM_NAME : C_NAME;
  let line = 0;
  let first = true;
  let at = 0;
  const take = (re: RegExp): string | null => {
    re.lastIndex = at;
    return re.exec(text)?.[0] ?? null;
  };
  const push = (token: string, name: boolean): void => {
    tokens.push({ text: token.includes('\n') ? token.replace(/\\\n/g, '') : token, name, start: at, end: at + token.length, line, first });
    line += countBreaks(token);
    first = false;
    at += token.length;
  };
  while (at < text.length) {
    const c = text[at] ?? '';
    if (c === '\n') {
      line += 1;
      first = true;
      at += 1;
    } else if (c === '\\' && /\\[ \t]*\r?(?:\n|$)/y.test(text.slice(at, at + 8))) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end + 1;
      if (end >= 0) line += 1;
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      const stop = end < 0 ? text.length : end + 2;
      line += countBreaks(text.slice(at, stop));
      at = stop;
    } else if (text.startsWith('//', at)) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else {
      const blanks = take(BLANKS);
      if (blanks !== null) at += blanks.length;
      else lexOne();
    }
  }
  return tokens;

  function lexOne(): void {
    const name = take(nameAt);
    if (name !== null) {
      push(name, true);
      return;
    }
    const other = take(NUMBER) ?? take(STRING) ?? take(CHARACTER) ?? PUNCTUATORS.find((p) => text.startsWith(p, at)) ?? text[at] ?? '';
    push(other, false);
  }
}

function countBreaks(text: string): number {
  let n = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) n += 1;
  return n;
}

function unit(tokens: readonly Token[]): Unit {
  const first = tokens[0];
  const last = tokens[tokens.length - 1];
  if (first === undefined || last === undefined) throw new Error('a unit has at least one token');
  return {
    text: tokens.map((t) => t.text).join(' '),
    shape: tokens.map((t) => (t.name ? '\u25a1' : t.text)).join(' '),
    names: tokens.filter((t) => t.name).map((t) => t.text),
    size: tokens.length,
    start: first.start,
    end: last.end,
    line: first.line,
    endLine: last.line,
  };
}

/** End of the run of tokens that stand on the logical line of `tokens[from]`. */
function lineEnd(tokens: readonly Token[], from: number): number {
  let to = from + 1;
  while (to < tokens.length && tokens[to]?.first === false) to += 1;
  return to;
}

function cUnits(tokens: readonly Token[]): Unit[] {
  const units: Unit[] = [];
  for (let i = 0; i < tokens.length; ) {
    const token = tokens[i];
    const to = token?.first === true && token.text === '#' ? lineEnd(tokens, i) : i + 1;
    units.push(unit(tokens.slice(i, to)));
    i = to;
  }
  return units;
}

function asmUnits(tokens: readonly Token[]): Unit[] {
  const units: Unit[] = [];
  for (let i = 0; i < tokens.length; ) {
    const to = lineEnd(tokens, i);
    if (tokens[i]?.text === '#') units.push(unit(tokens.slice(i, to)));
    else statements(tokens.slice(i, to), units);
    i = to;
  }
  return units;
}

/** Labels and `;` part a line of assembly into several units. */
function statements(line: readonly Token[], into: Unit[]): void {
  let from = 0;
  for (let i = 0; i <= line.length; i += 1) {
    const token = line[i];
    if (token === undefined || token.text === ';') {
      if (i > from) into.push(unit(line.slice(from, i)));
      from = i + 1;
    } else if (token.text === ':' && i === from + 1) {
      into.push(unit(line.slice(from, i + 1)));
      from = i + 1;
    }
  }
}
