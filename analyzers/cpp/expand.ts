import type { Budget } from './budget.js';
import type { Macro, MacroTable } from './macros.js';
import { substitute } from './substitute.js';
import { type Token, placed, textOf } from './token.js';

/** Names that are never expanded, each with the numbers of the arguments that are words (kept as one string token, unexpanded). */
export type StopList = Pick<ReadonlyMap<string, ReadonlySet<number>>, 'get'>;

/** Where unexpanded tokens come from. `epoch` says as of when macros are looked up for the token read last. */
export interface TokenSource {
  next(): Token | null;
  peek(): Token | null;
  readonly epoch: number;
}

export interface ExpandContext {
  readonly macros: Pick<MacroTable, 'lookup' | 'epoch'>;
  /** Definitions for names that the sources leave undefined. */
  readonly fallbacks: MacroTable | null;
  /** Definitions that stand whatever the sources say. */
  readonly overrides?: MacroTable;
  readonly stops: StopList;
  readonly budget: Budget;
  /** Makes the numbers that `__COUNTER__` stands for. */
  readonly counter?: () => number;
}

/** Expands a finite list. */
export function expandTokens(tokens: readonly Token[], context: ExpandContext, epoch: number = context.macros.epoch): Token[] {
  const expander = new Expander(arraySource(tokens, epoch), context);
  const out: Token[] = [];
  for (let token = expander.next(); token !== null; token = expander.next()) out.push(token);
  return out;
}

function arraySource(tokens: readonly Token[], epoch: number): TokenSource {
  let position = 0;
  return {
    next: () => tokens[position++] ?? null,
    peek: () => tokens[position] ?? null,
    epoch,
  };
}

interface Layer {
  readonly tokens: readonly Token[];
  position: number;
  /** The macro that made these tokens; it is disabled while they are read. */
  readonly macro: string | null;
  /** Finished tokens, to be handed out as they are. */
  readonly finished: boolean;
}

/** Reads tokens from a source and hands them out expanded, as a C preprocessor rescans them. */
export class Expander {
  private readonly layers: Layer[] = [];

  constructor(
    private readonly source: TokenSource,
    private readonly context: ExpandContext,
    private readonly disabled = new Map<string, number>(),
    private readonly depth = 0,
  ) {}

  /** True when no macro is half read: the next token comes from the source itself. */
  get atSource(): boolean {
    this.dropFinishedLayers();
    return this.layers.length === 0;
  }

  next(): Token | null {
    for (;;) {
      const top = this.layers.length === 0 ? undefined : this.dropFinishedLayers();
      const token = top === undefined ? this.source.next() : (top.tokens[top.position++] ?? null);
      if (token === null || token.kind !== 'word' || token.painted || top?.finished) return token;
      if (!this.replace(token))
        return this.disabled.size > 0 && this.disabled.has(token.text) && this.isMacro(token.text) ? { ...token, painted: true } : token;
    }
  }

  /** Puts the replacement of `token` in front of the input. False when the token stands for itself. */
  private replace(token: Token): boolean {
    const words = this.context.stops.get(token.text);
    if (words !== undefined) return this.stopped(token, words);
    const builtin = builtins.get(token.text);
    if (builtin !== undefined) return this.builtin(token, builtin);
    if (token.text === '__COUNTER__' && this.context.counter !== undefined) {
      this.finish([{ kind: 'number', text: String(this.context.counter()), at: token.at, space: token.space }]);
      return true;
    }
    const macro = this.macro(token.text);
    if (macro === null || this.disabled.has(token.text)) return false;
    if (!this.context.budget.nest(this.layers.length + this.depth)) return false;
    if (macro.params === null) {
      const body = substitute(macro, null, token);
      if (!this.context.budget.spend(body.length + 1)) return false;
      this.push(body, macro.name);
      return true;
    }
    if (this.peek()?.text !== '(') return false;
    const args = this.arguments(macro);
    if (args === null) return false;
    const body = substitute(macro, { raw: args, expanded: (arg) => this.expandArgument(arg) }, token);
    if (!this.context.budget.spend(body.length + 1)) return false;
    this.push(body, macro.name);
    return true;
  }

  private isMacro(name: string): boolean {
    return this.macro(name) !== null;
  }

  private macro(name: string): Macro | null {
    return (
      this.context.overrides?.lookup(name) ??
      this.context.macros.lookup(name, this.source.epoch) ??
      this.context.fallbacks?.lookup(name) ??
      null
    );
  }

  private expandArgument(tokens: readonly Token[]): Token[] {
    if (!tokens.some((token) => token.kind === 'word')) return [...tokens];
    if (!this.context.budget.nest(this.depth + 1)) return [...tokens];
    const inner = new Expander(arraySource(tokens, this.source.epoch), this.context, this.disabled, this.depth + 1);
    const out: Token[] = [];
    for (let token = inner.next(); token !== null; token = inner.next()) out.push(token);
    this.context.budget.spend(out.length);
    return out;
  }

  /** A call that stays a call: arguments that are words become strings, the others are expanded. */
  private stopped(name: Token, words: ReadonlySet<number>): boolean {
    if (this.peek()?.text !== '(') {
      this.finish([name]);
      return true;
    }
    const call = this.collect();
    if (call === null) return false;
    if (words.size === 0 && this.isNoCall(name, call)) {
      const macro = this.macro(name.text);
      const args = call.args;
      if (macro?.params != null && !this.disabled.has(name.text) && (args.length === macro.params.length || macro.variadic)) {
        const body = substitute(macro, { raw: args, expanded: (arg) => this.expandArgument(arg) }, name);
        if (!this.context.budget.spend(body.length + 1)) return false;
        this.push(body, macro.name);
        return true;
      }
    }
    const out: Token[] = [name, call.open];
    for (const [index, arg] of call.args.entries()) {
      if (index > 0) out.push({ kind: 'punct', text: ',', at: name.at, space: false });
      if (words.has(index)) out.push(...asWord(arg, name));
      else out.push(...this.expandArgument(arg));
    }
    out.push(call.close);
    this.finish(out);
    return true;
  }

  /** A macro that begins a loop, or that takes types, cannot stay a call. */
  private isNoCall(name: Token, call: { readonly args: readonly (readonly Token[])[] }): boolean {
    if (this.context.macros.lookup(name.text, this.source.epoch)?.params == null) return false;
    const next = this.peek();
    if (name.text.startsWith('container_of')) return false;
    if (next?.text === '{' || (next?.kind === 'word' && next.text !== 'else')) return true;
    return call.args.some(([first, second]) => first !== undefined && tagged.has(first.text) && second?.kind === 'word');
  }

  private builtin(name: Token, test: (defined: (macro: string) => boolean, option: string) => boolean): boolean {
    if (this.peek()?.text !== '(') return false;
    const call = this.collect();
    if (call === null) return false;
    const option = call.args[0]?.map((token) => token.text).join('') ?? '';
    const isOn = (macro: string): boolean => this.context.macros.lookup(macro, this.source.epoch)?.body[0]?.text === '1';
    this.finish([{ kind: 'number', text: test(isOn, option) ? '1' : '0', at: name.at, space: name.space }]);
    return true;
  }

  private arguments(macro: Macro): Token[][] | null {
    const call = this.collect(macro.variadic ? (macro.params?.length ?? 1) : Number.POSITIVE_INFINITY);
    if (call === null) return null;
    const wanted = macro.params?.length ?? 0;
    const args = call.args;
    if (wanted === 0) return args.length <= 1 && (args[0]?.length ?? 0) === 0 ? [] : null;
    while (args.length < wanted) args.push([]);
    return args.length > wanted ? null : args;
  }

  /** Reads `( … )`. A comma after the `limit`-th argument belongs to it. Null at the end of the input; what was read is put back. */
  private collect(limit = Number.POSITIVE_INFINITY): { open: Token; args: Token[][]; close: Token } | null {
    const read: Token[] = [];
    const open = this.raw();
    if (open === null) return null;
    read.push(open);
    let current: Token[] = [];
    const args = [current];
    for (let nesting = 1; ; ) {
      const token = this.raw();
      if (token === null) {
        this.push(read, null);
        return null;
      }
      read.push(token);
      if (token.kind === 'punct') {
        if (token.text === '(') nesting++;
        else if (token.text === ')') {
          nesting--;
          if (nesting === 0) return { open, args: args.length === 1 && current.length === 0 ? [] : args, close: token };
        } else if (token.text === ',' && nesting === 1 && args.length < limit) {
          current = [];
          args.push(current);
          continue;
        }
      }
      current.push(token);
    }
  }

  private raw(): Token | null {
    const top = this.dropFinishedLayers();
    if (top === undefined) return this.source.next();
    return top.tokens[top.position++] ?? null;
  }

  private peek(): Token | null {
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const layer = this.layers[i];
      const token = layer?.tokens[layer.position];
      if (token !== undefined) return token;
    }
    return this.source.peek();
  }

  private dropFinishedLayers(): Layer | undefined {
    for (;;) {
      const top = this.layers[this.layers.length - 1];
      if (top === undefined || top.position < top.tokens.length) return top;
      this.layers.pop();
      if (top.macro === null) continue;
      const count = this.disabled.get(top.macro) ?? 0;
      if (count <= 1) this.disabled.delete(top.macro);
      else this.disabled.set(top.macro, count - 1);
    }
  }

  private push(tokens: readonly Token[], macro: string | null): void {
    this.layers.push({ tokens, position: 0, macro, finished: false });
    if (macro !== null) this.disabled.set(macro, (this.disabled.get(macro) ?? 0) + 1);
  }

  private finish(tokens: readonly Token[]): void {
    this.layers.push({ tokens, position: 0, macro: null, finished: true });
  }
}

const tagged = new Set(['struct', 'union', 'enum']);

function asWord(arg: readonly Token[], name: Token): Token[] {
  // `static_branch_likely(&key)` asks for the key.
  if (arg[0]?.text === '&') return asWord(arg.slice(1), name);
  const [first] = arg;
  if (first === undefined) return [];
  if (arg.length === 1 && first.kind === 'string') return [first];
  const text = textOf(arg.map((token) => placed(token, token.at)));
  return [{ kind: 'string', text: JSON.stringify(text), at: name.at, space: true }];
}

/** Kconfig tests; the build forces them into every file. */
const builtins: ReadonlyMap<string, (on: (macro: string) => boolean, option: string) => boolean> = new Map([
  ['IS_ENABLED', (on, option) => on(option) || on(`${option}_MODULE`)],
  ['IS_BUILTIN', (on, option) => on(option)],
  ['IS_MODULE', (on, option) => on(`${option}_MODULE`)],
  ['IS_REACHABLE', (on, option) => on(option) || on(`${option}_MODULE`)],
]);
