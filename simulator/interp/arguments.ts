import { Stuck } from './memory.js';
import type { Tagged } from './thread.js';
import { type Value, valueKey } from './value.js';

/** Arguments by position, with readable complaints. */
export class Arguments {
  constructor(
    private readonly name: string,
    private readonly args: readonly Tagged[],
  ) {}

  tagged(i: number): Tagged {
    const found = this.args[i];
    if (!found) throw new Stuck(`${this.name}() lacks argument ${String(i + 1)}`);
    return found;
  }

  value(i: number): Value {
    return this.tagged(i).value;
  }

  from(i: number): Value[] {
    return this.args.slice(i).map((arg) => arg.value);
  }

  /** Null for an absent operand and for register x0. */
  number(i: number | undefined): bigint | null {
    if (i === undefined || i >= this.args.length) return null;
    const value = this.value(i);
    if (value.k === 'int') return value.v;
    if (value.k === 'str') return null;
    throw new Stuck(`argument ${String(i + 1)} of ${this.name}() is ${valueKey(value)}, not a number`);
  }

  /** The same, but null for what is no number at all. */
  address(i: number | undefined): bigint | null {
    return i !== undefined && i < this.args.length && this.value(i).k === 'ptr' ? null : this.number(i);
  }

  need(i: number): bigint {
    const found = this.number(i);
    if (found === null) throw new Stuck(`argument ${String(i + 1)} of ${this.name}() is not a number`);
    return found;
  }

  word(i: number): string {
    const value = this.value(i);
    return value.k === 'str' ? value.v : valueKey(value).replace(/^[#&@"?]/, '');
  }

  /** The first argument that is a text. */
  message(): string | null {
    const found = this.args.find((arg) => arg.value.k === 'str');
    return found?.value.k === 'str' ? found.value.v : null;
  }

  deps(): number {
    return this.args.reduce((mask, arg) => mask | arg.deps, 0);
  }

  picks(): number {
    return this.args.reduce((mask, arg) => mask | (arg.picks ?? 0), 0);
  }
}
