import type { Global, Omission } from '../../simulator/program/types.js';

/** What a unit asks of the program that it is compiled into. A question that is asked again gets the same answer, and does no more. */
export interface ProgramScope {
  /** Something in the unit refers to `name`. */
  use(name: string): void;
  /** What the function or variable that the unit calls `name` is called in the Program. */
  linkName(name: string): string;
  defineGlobal(global: Global): void;
  isFunction(name: string): boolean;
  isObject(name: string): boolean;
  omit(omission: Omission): void;
}

/** A question of a compilation, with the answer that it got. */
export type Exchange =
  | { readonly k: 'use'; readonly name: string }
  | { readonly k: 'link'; readonly name: string; readonly as: string }
  | { readonly k: 'global'; readonly global: Global }
  | { readonly k: 'function' | 'object'; readonly name: string; readonly is: boolean }
  | { readonly k: 'omit'; readonly omission: Omission };

/** Passes questions on to a program and writes them down. */
class Interview implements ProgramScope {
  readonly said: Exchange[] = [];
  private readonly used = new Set<string>();
  private readonly links = new Map<string, string>();

  constructor(private readonly program: ProgramScope) {}

  use(name: string): void {
    if (this.used.has(name)) return;
    this.used.add(name);
    this.said.push({ k: 'use', name });
    this.program.use(name);
  }

  linkName(name: string): string {
    let as = this.links.get(name);
    if (as === undefined) {
      as = this.program.linkName(name);
      this.links.set(name, as);
      this.said.push({ k: 'link', name, as });
    }
    return as;
  }

  defineGlobal(global: Global): void {
    this.said.push({ k: 'global', global });
    this.program.defineGlobal(global);
  }

  isFunction(name: string): boolean {
    const is = this.program.isFunction(name);
    this.said.push({ k: 'function', name, is });
    return is;
  }

  isObject(name: string): boolean {
    const is = this.program.isObject(name);
    this.said.push({ k: 'object', name, is });
    return is;
  }

  omit(omission: Omission): void {
    this.said.push({ k: 'omit', omission });
    this.program.omit(omission);
  }
}

/** Asks a program the questions of an earlier compilation, in order. False at the first answer that is another. */
function answersAlike(said: readonly Exchange[], program: ProgramScope): boolean {
  for (const each of said) {
    switch (each.k) {
      case 'use':
        program.use(each.name);
        break;
      case 'link':
        if (program.linkName(each.name) !== each.as) return false;
        break;
      case 'global':
        program.defineGlobal(each.global);
        break;
      case 'function':
        if (program.isFunction(each.name) !== each.is) return false;
        break;
      case 'object':
        if (program.isObject(each.name) !== each.is) return false;
        break;
      case 'omit':
        program.omit(each.omission);
    }
  }
  return true;
}

/** What came of a compilation, with all that it asked. */
export interface Outcome<T> {
  readonly said: readonly Exchange[];
  readonly made: T;
}

/**
 * What parts of one unit came out as in the programs that had it. To compile is a function of the unit and of what the program answers: a
 * program that answers all questions alike gets the same. (Where it does not, the questions up to there are those that it would have been
 * asked anyway.)
 */
export class Outcomes<T> {
  private readonly known: Map<string, readonly Outcome<T>[]>;

  constructor(known: Iterable<readonly [string, readonly Outcome<T>[]]> = []) {
    this.known = new Map(known);
  }

  [Symbol.iterator](): IterableIterator<[string, readonly Outcome<T>[]]> {
    return this.known[Symbol.iterator]();
  }

  /** What is known of `key` in this program; null where that is nothing. */
  find(key: string, program: ProgramScope): Outcome<T> | null {
    return this.known.get(key)?.find(({ said }) => answersAlike(said, program)) ?? null;
  }

  make(key: string, program: ProgramScope, make: (program: ProgramScope) => T): T {
    const interview = new Interview(program);
    const made = make(interview);
    this.add(key, { said: interview.said, made });
    return made;
  }

  /** Takes over what came of it elsewhere. */
  add(key: string, outcome: Outcome<T>): void {
    this.known.set(key, [outcome, ...(this.known.get(key) ?? []).slice(0, MAX_VARIANTS - 1)]);
  }
}

const MAX_VARIANTS = 3;
