import type { Token } from './token.js';

export interface Macro {
  readonly name: string;
  /** Null for an object-like macro. */
  readonly params: readonly string[] | null;
  /** The last parameter takes the rest of the arguments. */
  readonly variadic: boolean;
  readonly body: readonly Token[];
}

/** What happened to a table in a stretch of text. */
export interface Watch {
  /** The epoch at its start. */
  readonly from: number;
  /** Names that were looked up and what they meant at its start; null for none. */
  readonly asked: Map<string, Macro | null>;
  /** Definitions, and null for `#undef`, in order. */
  readonly events: [string, Macro | null][];
}

/**
 * Macros with their history. Text is expanded late (a function body only when it is compiled), so a name is looked up as of an *epoch*:
 * the number of definitions seen when the text was read.
 */
export class MacroTable {
  /** The newest change of each name. */
  private readonly changes = new Map<string, Change>();
  private now = 0;
  private watch: Watch | null = null;

  /** `below`: what is defined before anything else, as it is at present. It must not change any more. */
  constructor(private readonly below: MacroTable | null = null) {}

  /** The present epoch; everything defined so far is in it. */
  get epoch(): number {
    return this.now;
  }

  define(macro: Macro): void {
    this.record(macro.name, macro);
  }

  undefine(name: string): void {
    this.record(name, null);
  }

  lookup(name: string, epoch: number = this.now): Macro | null {
    const { watch } = this;
    for (let change = this.changes.get(name); change !== undefined; change = change.older) {
      if (change.epoch > epoch) continue;
      if (watch !== null && change.epoch <= watch.from) watch.asked.set(name, change.macro);
      return change.macro;
    }
    const macro = this.below === null ? null : this.below.lookup(name);
    if (watch !== null && !watch.asked.has(name)) watch.asked.set(name, macro);
    return macro;
  }

  /** From here on notes what is asked for that was defined before, and what is defined. */
  startWatch(): void {
    this.watch = { from: this.now, asked: new Map(), events: [] };
  }

  endWatch(): Watch {
    const { watch } = this;
    if (watch === null) throw new Error('endWatch() without startWatch()');
    this.watch = null;
    return watch;
  }

  /** Defines and undefines again what a watch saw. */
  replay(events: Watch['events']): void {
    for (const [name, macro] of events) this.record(name, macro);
  }

  /** Names defined at the end. */
  *names(): IterableIterator<string> {
    for (const name of this.changes.keys()) if (this.lookup(name) !== null) yield name;
    for (const name of this.below?.names() ?? []) if (!this.changes.has(name)) yield name;
  }

  private record(name: string, macro: Macro | null): void {
    this.now++;
    this.watch?.events.push([name, macro]);
    this.changes.set(name, { epoch: this.now, macro, older: this.changes.get(name) });
  }
}

interface Change {
  /** From when on it holds. */
  readonly epoch: number;
  readonly macro: Macro | null;
  readonly older: Change | undefined;
}

/** Reads what follows `#define`. Null when it is not a definition. */
export function parseDefinition(tokens: readonly Token[]): Macro | null {
  const name = tokens[0];
  if (name?.kind !== 'word') return null;
  const open = tokens[1];
  if (open?.text !== '(' || open.space) return { name: name.text, params: null, variadic: false, body: tokens.slice(1) };
  const params: string[] = [];
  let variadic = false;
  let i = 2;
  for (; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined || token.text === ')') break;
    if (token.text === '...') {
      const previous = tokens[i - 1];
      if (previous?.kind !== 'word') params.push('__VA_ARGS__');
      variadic = true;
    } else if (token.kind === 'word') params.push(token.text);
    else if (token.text !== ',') return null;
  }
  if (tokens[i]?.text !== ')') return null;
  return { name: name.text, params, variadic, body: tokens.slice(i + 1) };
}
