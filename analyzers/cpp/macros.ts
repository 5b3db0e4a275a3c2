import type { Token } from './token.js';

export interface Macro {
  readonly name: string;
  /** Null for an object-like macro. */
  readonly params: readonly string[] | null;
  /** The last parameter takes the rest of the arguments. */
  readonly variadic: boolean;
  readonly body: readonly Token[];
}

/** What happened to a table in a stretch of text. Names are numbers (`numberOf`). */
export interface Watch {
  /** The epoch at its start. */
  readonly from: number;
  /** Names that were looked up and what they meant at its start; null for none. */
  readonly asked: ReadonlyMap<number, Macro | null>;
  /** Names that were defined, or undefined, in order. */
  readonly names: readonly number[];
  /** What they were defined as; null for `#undef`. */
  readonly macros: readonly (Macro | null)[];
}

interface OpenWatch extends Watch {
  readonly asked: Map<number, Macro | null>;
  readonly names: number[];
  readonly macros: (Macro | null)[];
}

/**
 * Macros with their history. Text is expanded late (a function body only when it is compiled), so a name is looked up as of an *epoch*:
 * the number of definitions seen when the text was read.
 *
 * Thousands of definitions are replayed for each translation unit, so that tables are arrays over numbered names.
 */
export class MacroTable {
  /** By name: the epoch of its newest change; 0 for none. */
  private latest = new Int32Array(64);
  /** By epoch, less one: what the change made of the name, and the epoch of the change of that name before it. */
  private readonly changes: (Macro | null)[] = [];
  private older = new Int32Array(64);
  private watch: OpenWatch | null = null;

  /** `below`: what is defined before anything else, as it is at present. It must not change any more. */
  constructor(private readonly below: MacroTable | null = null) {}

  /** The present epoch; everything defined so far is in it. */
  get epoch(): number {
    return this.changes.length;
  }

  define(macro: Macro): void {
    this.record(numberOf(macro.name), macro);
  }

  undefine(name: string): void {
    this.record(numberOf(name), null);
  }

  lookup(name: string, epoch: number = this.changes.length): Macro | null {
    const { watch } = this;
    const number = watch === null ? numbers.get(name) : numberOf(name);
    if (number === undefined) return null;
    for (let at = this.latest[number] ?? 0; at > 0; at = this.older[at - 1] ?? 0) {
      if (at > epoch) continue;
      const macro = this.changes[at - 1] ?? null;
      if (watch !== null && at <= watch.from) watch.asked.set(number, macro);
      return macro;
    }
    const macro = this.below === null ? null : this.below.now(number);
    if (watch !== null && !watch.asked.has(number)) watch.asked.set(number, macro);
    return macro;
  }

  /** Whether all names that a watch was asked for mean now what they meant at its start. */
  holds({ asked }: Watch): boolean {
    for (const [number, macro] of asked) if (this.now(number) !== macro) return false;
    return true;
  }

  /** From here on notes what is asked for that was defined before, and what is defined. */
  startWatch(): void {
    this.watch = { from: this.epoch, asked: new Map(), names: [], macros: [] };
  }

  endWatch(): Watch {
    const { watch } = this;
    if (watch === null) throw new Error('endWatch() without startWatch()');
    this.watch = null;
    return watch;
  }

  /** Defines and undefines again what a watch saw. */
  replay({ names, macros }: Watch): void {
    for (let i = 0; i < names.length; i++) this.record(names[i] ?? 0, macros[i] ?? null);
  }

  private now(number: number): Macro | null {
    const at = this.latest[number] ?? 0;
    if (at > 0) return this.changes[at - 1] ?? null;
    return this.below === null ? null : this.below.now(number);
  }

  private record(number: number, macro: Macro | null): void {
    this.watch?.names.push(number);
    this.watch?.macros.push(macro);
    if (number >= this.latest.length) this.latest = grown(this.latest, Math.max(number + 1, 2 * this.latest.length));
    if (this.changes.length >= this.older.length) this.older = grown(this.older, 2 * this.older.length);
    this.older[this.changes.length] = this.latest[number] ?? 0;
    this.latest[number] = this.changes.push(macro);
  }
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}

/** The number of a name: the same in all tables. */
function numberOf(name: string): number {
  let number = numbers.get(name);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(name, number);
  }
  return number;
}

const numbers = new Map<string, number>();

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
