import type { Condition } from '../../../simulator/litmus/test.js';
import { malformed } from '../failure.js';
import type { Text } from './document.js';
import { evaluate, type Scope } from './evaluate.js';
import { operand } from './expression.js';
import { Tokens } from './tokens.js';

/** How an assertion finds what it speaks about. */
export interface Observables {
  readonly scope: Scope;
  /** Local of a thread's register, however it is spelled; null for what is no register. */
  readonly register: (thread: number, name: string) => string | null;
  /** Location of data by the name of an address; null where it is not mapped. */
  readonly location: (name: string) => string | null;
  readonly threads: number;
}

const MAX_NESTING = 64;

/** `0:X2=0 & ~(1:X0=1)`, `*x = 1`, `true`. */
export function parseAssertion(text: Text, on: Observables): Condition {
  const tokens = new Tokens(text);
  const condition = disjunction(tokens, on, 0);
  if (tokens.peek().k !== 'end') throw tokens.wrong('`&`, `|` or the end of the assertion');
  return condition;
}

function disjunction(tokens: Tokens, on: Observables, depth: number): Condition {
  const of = [conjunction(tokens, on, depth)];
  while (tokens.accept('|') || tokens.accept('||') || tokens.accept('or')) of.push(conjunction(tokens, on, depth));
  const left: Condition = of.length === 1 && of[0] ? of[0] : { k: 'or', of };
  if (!tokens.accept('->')) return left;
  return { k: 'or', of: [{ k: 'not', of: left }, disjunction(tokens, on, depth)] };
}

function conjunction(tokens: Tokens, on: Observables, depth: number): Condition {
  const of = [atom(tokens, on, depth)];
  while (tokens.accept('&') || tokens.accept('&&') || tokens.accept('and')) of.push(atom(tokens, on, depth));
  return of.length === 1 && of[0] ? of[0] : { k: 'and', of };
}

function atom(tokens: Tokens, on: Observables, depth: number): Condition {
  if (depth > MAX_NESTING) throw tokens.wrong('fewer brackets inside one another');
  if (tokens.accept('~')) return { k: 'not', of: atom(tokens, on, depth + 1) };
  if (tokens.accept('true')) return { k: 'constant', holds: true };
  if (tokens.accept('false')) return { k: 'constant', holds: false };
  if (tokens.accept('(')) {
    const inner = disjunction(tokens, on, depth + 1);
    tokens.expect(')');
    return inner;
  }
  if (tokens.accept('*')) {
    const { text, at } = tokens.name('the name of an address');
    const loc = on.location(text);
    if (loc === null) throw malformed(at, 'an address that is mapped to data', `\`${text.slice(0, 40)}\``);
    tokens.expect('=');
    return { k: 'location', loc, value: value(tokens, on) };
  }
  const { at: start } = tokens.peek();
  const cpu = Number(tokens.number('a thread and a register, `*` and an address, or `true`'));
  if (cpu >= on.threads) throw malformed(start, `a thread from 0 to ${on.threads - 1}`, String(cpu).slice(0, 20));
  tokens.expect(':');
  const { text, at } = tokens.name('a register');
  const name = on.register(cpu, text);
  if (name === null) throw malformed(at, 'a register', `\`${text.slice(0, 40)}\``);
  tokens.expect('=');
  return { k: 'register', cpu, name, value: value(tokens, on) };
}

/** Operators of statements bind weaker than `=`: a value that has one stands in brackets. */
function value(tokens: Tokens, on: Observables): Extract<Condition, { k: 'register' }>['value'] {
  return { k: 'int', v: evaluate(operand(tokens), on.scope) };
}
