import { integerOf } from './numbers.js';
import type { Token } from './token.js';

/**
 * The value of an `#if` expression whose macros are expanded and whose `defined` is replaced. Names that are left count as 0. Null when it
 * is not an expression.
 */
export function evaluateCondition(tokens: readonly Token[]): bigint | null {
  if (tokens.length > 4000) return null;
  const parser = new ConditionParser(tokens);
  const value = parser.ternary(0);
  return parser.atEnd ? value : null;
}

const precedences: ReadonlyMap<string, number> = new Map([
  ['||', 1],
  ['&&', 2],
  ['|', 3],
  ['^', 4],
  ['&', 5],
  ['==', 6],
  ['!=', 6],
  ['<', 7],
  ['>', 7],
  ['<=', 7],
  ['>=', 7],
  ['<<', 8],
  ['>>', 8],
  ['+', 9],
  ['-', 9],
  ['*', 10],
  ['/', 10],
  ['%', 10],
]);

class ConditionParser {
  private position = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get atEnd(): boolean {
    return this.position === this.tokens.length;
  }

  ternary(depth: number): bigint | null {
    const condition = this.binary(1, depth);
    if (condition === null || this.peek() !== '?') return condition;
    this.position++;
    const yes = this.ternary(depth + 1);
    if (this.peek() !== ':') return null;
    this.position++;
    const no = this.ternary(depth + 1);
    return condition !== 0n ? yes : no;
  }

  private binary(least: number, depth: number): bigint | null {
    let left = this.unary(depth);
    for (;;) {
      const operator = this.peek() ?? '';
      const precedence = precedences.get(operator) ?? 0;
      if (left === null || precedence < least) return left;
      this.position++;
      const right = this.binary(precedence + 1, depth);
      if (right === null) return null;
      left = apply(operator, left, right);
    }
  }

  private unary(depth: number): bigint | null {
    if (depth > 200) return null;
    const token = this.tokens[this.position];
    if (token === undefined) return null;
    this.position++;
    if (token.kind === 'number') return integerOf(token.text)?.value ?? null;
    if (token.kind === 'char') return BigInt(token.text.charCodeAt(1));
    if (token.kind === 'word') return this.name();
    switch (token.text) {
      case '(': {
        const value = this.ternary(depth + 1);
        if (this.peek() !== ')') return null;
        this.position++;
        return value;
      }
      case '!': {
        const value = this.unary(depth + 1);
        return value === null ? null : value === 0n ? 1n : 0n;
      }
      case '-': {
        const value = this.unary(depth + 1);
        return value === null ? null : -value;
      }
      case '~': {
        const value = this.unary(depth + 1);
        return value === null ? null : ~value;
      }
      case '+':
        return this.unary(depth + 1);
      default:
        return null;
    }
  }

  /** An undefined name, with its arguments if it has any. */
  private name(): bigint {
    if (this.peek() !== '(') return 0n;
    let nesting = 0;
    while (this.position < this.tokens.length) {
      const text = this.tokens[this.position++]?.text;
      if (text === '(') nesting++;
      if (text === ')') nesting--;
      if (nesting === 0) break;
    }
    return 0n;
  }

  private peek(): string | undefined {
    return this.tokens[this.position]?.text;
  }
}

function apply(operator: string, a: bigint, b: bigint): bigint | null {
  switch (operator) {
    case '||':
      return a !== 0n || b !== 0n ? 1n : 0n;
    case '&&':
      return a !== 0n && b !== 0n ? 1n : 0n;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '&':
      return a & b;
    case '==':
      return a === b ? 1n : 0n;
    case '!=':
      return a !== b ? 1n : 0n;
    case '<':
      return a < b ? 1n : 0n;
    case '>':
      return a > b ? 1n : 0n;
    case '<=':
      return a <= b ? 1n : 0n;
    case '>=':
      return a >= b ? 1n : 0n;
    case '<<':
      return BigInt.asIntN(64, a << (b & 63n));
    case '>>':
      return a >> (b & 63n);
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return BigInt.asIntN(64, a * b);
    case '/':
      return b === 0n ? null : a / b;
    case '%':
      return b === 0n ? null : a % b;
    default:
      return null;
  }
}

/** What the operators of a condition ask. */
export interface Answers {
  readonly isDefined: (name: string) => boolean;
  /** `spelled`: with its quotes or brackets. */
  readonly hasInclude: (spelled: string) => boolean;
}

/** `defined X` and the compiler's `__has_…(X)` replaced by 0 or 1. The compiler is taken to have none of what they ask for but headers. */
export function withoutOperators(tokens: readonly Token[], { isDefined, hasInclude }: Answers): Token[] {
  const out: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) break;
    if (token.text !== 'defined' && !isOperator(token.text)) {
      out.push(token);
      continue;
    }
    let operand = tokens.slice(i + 1, i + 2);
    let last = i + 1;
    if (operand[0]?.text === '(') {
      last = tokens.findIndex((other, index) => index > i && other.text === ')');
      if (last < 0) last = tokens.length;
      operand = tokens.slice(i + 2, last);
    }
    const spelled = operand.map((other) => other.text).join('');
    const isTrue = token.text === 'defined' ? isDefined(spelled) : token.text === '__has_include' && hasInclude(spelled);
    out.push({ kind: 'number', text: isTrue ? '1' : '0', at: token.at, space: true });
    i = last;
  }
  return out;
}

/** Whether a name is one that the compiler answers in conditions, though no `#define` has it. */
export const isOperator = (name: string): boolean => operators.has(name);

const operators = new Set(['__has_attribute', '__has_builtin', '__has_feature', '__has_include', '__has_extension']);
