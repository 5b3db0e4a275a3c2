import type { Position } from '../syntax.js';
import type { Text } from './document.js';
import { Tokens } from './tokens.js';

/** An expression over addresses, descriptors and numbers. Operators are functions of two arguments named by their sign. */
export type Exp =
  | { readonly k: 'name'; readonly name: string; readonly at: Position }
  | { readonly k: 'number'; readonly value: bigint; readonly at: Position }
  /** `L0:`, a label of the thread's code. */
  | { readonly k: 'label'; readonly name: string; readonly at: Position }
  | {
      readonly k: 'call';
      readonly fn: string;
      readonly args: readonly Exp[];
      /** `oa=pa1`. */
      readonly named: ReadonlyMap<string, Exp>;
      readonly at: Position;
    };

const OPERATORS: ReadonlySet<string> = new Set(['&&', '||', '&', '|', '^', '==', '!=']);
const MAX_NESTING = 64;

/** Reads a whole text as one expression. */
export function parseExpression(text: Text): Exp {
  const tokens = new Tokens(text);
  const exp = expression(tokens);
  if (tokens.peek().k !== 'end') throw tokens.wrong('the end of the expression');
  return exp;
}

/** One operand: a name, a number, a call, or anything in brackets. */
export const operand = (tokens: Tokens): Exp => postfix(tokens, 0);

/** `a`, `~a`, `a & b`; operators do not chain without brackets. */
export function expression(tokens: Tokens, depth = 0): Exp {
  const left = unary(tokens, depth);
  const { text, at, k } = tokens.peek();
  if (k !== 'symbol' || !OPERATORS.has(text)) return left;
  tokens.take();
  return { k: 'call', fn: text, args: [left, unary(tokens, depth)], named: new Map(), at };
}

function unary(tokens: Tokens, depth: number): Exp {
  const { at } = tokens.peek();
  if (tokens.accept('~')) return { k: 'call', fn: '~', args: [postfix(tokens, depth)], named: new Map(), at };
  return postfix(tokens, depth);
}

function postfix(tokens: Tokens, depth: number): Exp {
  let exp = atom(tokens, depth);
  while (tokens.at('[')) {
    const { at } = tokens.take();
    const high = expression(tokens, depth + 1);
    tokens.expect('..');
    const low = expression(tokens, depth + 1);
    tokens.expect(']');
    exp = { k: 'call', fn: '..', args: [exp, high, low], named: new Map(), at };
  }
  return exp;
}

function atom(tokens: Tokens, depth: number): Exp {
  const { k, at } = tokens.peek();
  if (depth > MAX_NESTING) throw tokens.wrong('fewer brackets inside one another');
  if (k === 'number') return { k: 'number', value: tokens.number('a number'), at };
  if (tokens.accept('(')) {
    const inner = expression(tokens, depth + 1);
    tokens.expect(')');
    return inner;
  }
  const { text: name } = tokens.name('a name, a number or `(`');
  if (tokens.accept(':')) return { k: 'label', name, at };
  if (!tokens.accept('(')) return { k: 'name', name, at };
  const args: Exp[] = [];
  const named = new Map<string, Exp>();
  while (!tokens.accept(')')) {
    if (args.length + named.size > 0) tokens.expect(',');
    if (tokens.peek().k === 'name' && tokens.at('=', 1)) {
      const key = tokens.take().text;
      tokens.take();
      named.set(key, expression(tokens, depth + 1));
    } else args.push(expression(tokens, depth + 1));
  }
  return { k: 'call', fn: name, args, named, at };
}
