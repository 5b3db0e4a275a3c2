import { Expander, type ExpandContext, type TokenSource } from '../cpp/expand.js';
import { LexedLine } from '../cpp/lexer.js';
import type { PpLine } from '../cpp/preprocess.js';
import type { Token } from '../cpp/token.js';
import type { SourceRef } from '../../simulator/program/types.js';
import { type ItemNames, namesOf } from './names.js';
import { annotationLength, groupLength } from './words.js';

/** Tokens that are not expanded yet, with the state of the macro table that they are expanded under, counted from the start of their piece. */
export interface RawRun {
  /** Whole lines stand for their tokens. */
  readonly parts: readonly (Token | LexedLine)[];
  readonly epoch: number;
}

/** The tokens of a run, made anew each time. */
const tokensOf = ({ parts }: RawRun): Token[] => parts.flatMap((part) => (part instanceof LexedLine ? part.tokens : part));

export type Item =
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly head: readonly Token[];
      readonly body: readonly RawRun[];
      readonly at: SourceRef;
      /** It gives way to another of its name (GCC manual, Common Function Attributes, weak). */
      readonly weak: boolean;
    }
  | {
      readonly kind: 'declaration';
      readonly tokens: readonly Token[];
      readonly at: SourceRef;
      /** A variable of which each CPU has its own: its section says so. */
      readonly perCpu: boolean;
      readonly names: ItemNames;
    };

/**
 * Splits a translation unit at file scope. Everything there is expanded, but for the bodies of functions: they wait until someone
 * compiles them. `late` are names that a body made by a macro still has to expand then.
 */
export function splitItems(
  lines: readonly PpLine[],
  context: ExpandContext,
  late: (name: string) => boolean = () => false,
): { readonly items: Item[]; readonly isOpen: boolean } {
  const source = new LineSource(lines);
  const expander = new Expander(source, context);
  const items: Item[] = [];
  let item = new OpenItem();
  for (let token = expander.next(); token !== null; token = expander.next()) {
    if (token.text === '{' && item.nesting === 0 && item.isFunctionHead()) {
      const head = item.finish();
      const name = functionName(head);
      const body = expander.atSource ? source.takeBody(token) : expandedBody(expander, token, late);
      if (name !== null) items.push({ kind: 'function', name, head, body, at: placeOf(head, name), weak: item.isWeak });
      item = new OpenItem();
      continue;
    }
    item.add(token);
    if (item.nesting < 0) item = new OpenItem();
    else if (token.text === ';' && item.nesting === 0) {
      const tokens = item.finish();
      const [first] = tokens;
      if (first !== undefined && tokens.length > 1)
        items.push({ kind: 'declaration', tokens, at: first.at, perCpu: item.isPerCpu, names: namesOf(tokens) });
      item = new OpenItem();
    }
  }
  return { items, isOpen: item.isStarted };
}

/** Expands the body of a function. `base` is the epoch that those of its runs count from. */
export function expandBody(body: readonly RawRun[], context: ExpandContext, base = 0): Token[] {
  // Names that are made from it have to differ inside of a function, and nowhere else.
  let made = 0;
  const expander = new Expander(new RunSource(body, base), { ...context, counter: () => made++ });
  const out: Token[] = [];
  for (let token = expander.next(); token !== null; token = expander.next()) out.push(token);
  return out;
}

class OpenItem {
  nesting = 0;
  isPerCpu = false;
  isWeak = false;
  private readonly tokens: Token[] = [];
  private sawAssignment = false;
  private sawParameters = false;

  add(token: Token): void {
    this.tokens.push(token);
    if (token.kind === 'string' && token.text.includes('..percpu')) this.isPerCpu = true;
    if (token.kind === 'word' && (token.text === '__weak' || token.text === '__weak__')) this.isWeak = true;
    if (token.kind !== 'punct') return;
    switch (token.text) {
      case '(':
        if (this.nesting === 0) this.sawParameters = true;
        this.nesting++;
        return;
      case '{':
      case '[':
        this.nesting++;
        return;
      case ')':
      case '}':
      case ']':
        this.nesting--;
        return;
      case '=':
        if (this.nesting === 0) this.sawAssignment = true;
        return;
      default:
    }
  }

  get isStarted(): boolean {
    return this.tokens.length > 0;
  }

  isFunctionHead(): boolean {
    if (this.sawAssignment || !this.sawParameters) return false;
    const tokens = withoutAnnotations(this.tokens);
    const last = tokens[tokens.length - 1];
    if (last === undefined || tokens[0]?.text === 'typedef') return false;
    if (last.text === ')') return functionName(tokens) !== null;
    const before = tokens[tokens.length - 2]?.text ?? '';
    return last.kind === 'word' && !tags.has(last.text) && !tags.has(before) && tokens.some((token) => token.text === ')');
  }

  finish(): Token[] {
    return withoutAnnotations(this.tokens);
  }
}

const tags = new Set(['struct', 'union', 'enum']);

function withoutAnnotations(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  const texts = (index: number): string | undefined => tokens[index]?.text;
  for (let i = 0; i < tokens.length; i++) {
    const length = annotationLength(texts, i);
    if (length > 0) {
      i += length - 1;
      continue;
    }
    const token = tokens[i];
    if (token !== undefined) out.push(token);
  }
  return out;
}

/** The name before the first group of parameters at file scope; `(*f(int a))(void)` is not looked into. */
function functionName(tokens: readonly Token[]): string | null {
  const texts = (index: number): string | undefined => tokens[index]?.text;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.text === '(') {
      const name = tokens[i - 1];
      if (name?.kind === 'word' && name.text !== 'typeof' && name.text !== '__typeof__') return name.text;
    }
    if (token?.text === '(' || token?.text === '{' || token?.text === '[') i += groupLength(texts, i) - 1;
  }
  return null;
}

function placeOf(head: readonly Token[], name: string): SourceRef {
  const token = head.find((candidate) => candidate.text === name) ?? head[0];
  return token?.at ?? { file: '', line: 0, origin: 'tree' };
}

/** The body of a function that a macro defines. */
function expandedBody(expander: Expander, open: Token, late: (name: string) => boolean): RawRun[] {
  const tokens = [open];
  let nesting = 1;
  while (nesting > 0) {
    const token = expander.next();
    if (token === null) break;
    if (token.text === '{') nesting++;
    if (token.text === '}') nesting--;
    tokens.push(token);
  }
  const finished = (token: Token): Token => (token.kind === 'word' && !late(token.text) ? { ...token, painted: true as const } : token);
  return [{ parts: tokens.map(finished), epoch: 0 }];
}

class LineSource implements TokenSource {
  epoch = 0;
  private line = 0;
  private position = 0;

  constructor(private readonly lines: readonly PpLine[]) {}

  next(): Token | null {
    const token = this.peek();
    if (token === null) return null;
    this.epoch = this.lines[this.line]?.epoch ?? 0;
    this.position++;
    return token;
  }

  peek(): Token | null {
    for (;;) {
      const line = this.lines[this.line];
      if (line === undefined) return null;
      const token = line.tokens[this.position];
      if (token !== undefined) return token;
      this.line++;
      this.position = 0;
    }
  }

  /** Takes everything up to the brace that closes `open`, unexpanded. */
  takeBody(open: Token): RawRun[] {
    let run: OpenRun = { parts: [open], epoch: this.epoch };
    const runs = [run];
    const runAt = (epoch: number): OpenRun => {
      if (epoch !== run.epoch) {
        run = { parts: [], epoch };
        runs.push(run);
      }
      return run;
    };
    let nesting = 1;
    while (nesting > 0) {
      const whole = this.wholeLine();
      if (whole?.raw && whole.raw.closes < nesting) {
        nesting += whole.raw.opens - whole.raw.closes;
        this.epoch = whole.epoch;
        runAt(whole.epoch).parts.push(whole.raw);
        this.line++;
        this.position = 0;
        continue;
      }
      const token = this.next();
      if (token === null) break;
      if (token.text === '{') nesting++;
      else if (token.text === '}') nesting--;
      runAt(this.epoch).parts.push(token);
    }
    return runs;
  }

  /** The line that comes next, where nothing of it has been taken. */
  private wholeLine(): PpLine | null {
    for (;;) {
      const line = this.lines[this.line];
      if (line === undefined) return null;
      if (this.position === 0) return line;
      if (this.position < line.tokens.length) return null;
      this.line++;
      this.position = 0;
    }
  }
}

interface OpenRun extends RawRun {
  readonly parts: (Token | LexedLine)[];
}

class RunSource implements TokenSource {
  private readonly runs: readonly { readonly tokens: readonly Token[]; readonly epoch: number }[];
  private run = 0;
  private position = 0;
  epoch: number;

  constructor(
    runs: readonly RawRun[],
    private readonly base: number,
  ) {
    this.runs = runs.map((run) => ({ tokens: tokensOf(run), epoch: run.epoch }));
    this.epoch = base + (runs[0]?.epoch ?? 0);
  }

  next(): Token | null {
    const token = this.peek();
    if (token === null) return null;
    const run = this.runs[this.run];
    if (run !== undefined) this.epoch = this.base + run.epoch;
    this.position++;
    return token;
  }

  peek(): Token | null {
    for (;;) {
      const run = this.runs[this.run];
      if (run === undefined) return null;
      const token = run.tokens[this.position];
      if (token !== undefined) return token;
      this.run++;
      this.position = 0;
    }
  }
}
