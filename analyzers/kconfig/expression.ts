import type { Comparison, Expr, KconfigSymbol, Operand } from './model.js';
import type { Token } from './tokens.js';

/** Reads expressions from the tokens of one line. */
export class ExpressionParser {
  private position: number;

  constructor(
    private readonly tokens: readonly Token[],
    from: number,
    private readonly symbol: (name: string) => KconfigSymbol,
  ) {
    this.position = from;
  }

  isAtEnd(): boolean {
    return this.position === this.tokens.length;
  }

  /** Null when what comes is no expression. */
  expression(): Expr | null {
    return this.or(0);
  }

  operand(): Operand | null {
    const token = this.tokens[this.position];
    if (token === undefined || token.kind === 'operator') return null;
    this.position++;
    if (token.kind === 'quoted' || tristates.has(token.text)) return { op: 'constant', text: token.text };
    return { op: 'symbol', symbol: this.symbol(token.text) };
  }

  /** `if EXPR` at the end of a line. Undefined when there is something else. */
  condition(): Expr | null | undefined {
    if (this.isAtEnd()) return null;
    const word = this.tokens[this.position];
    if (word?.kind !== 'word' || word.text !== 'if') return undefined;
    this.position++;
    const condition = this.expression();
    return condition === null || !this.isAtEnd() ? undefined : condition;
  }

  private or(depth: number): Expr | null {
    return this.chain('or', '||', () => this.chain('and', '&&', () => this.unary(depth)));
  }

  private chain(op: 'and' | 'or', operator: string, part: () => Expr | null): Expr | null {
    const of: Expr[] = [];
    do {
      const next = part();
      if (next === null) return null;
      of.push(next);
    } while (this.take(operator));
    return of.length === 1 ? (of[0] ?? null) : { op, of };
  }

  private unary(depth: number): Expr | null {
    if (depth > MAX_DEPTH) return null;
    if (this.take('!')) {
      const of = this.unary(depth + 1);
      return of === null ? null : { op: 'not', of };
    }
    if (this.take('(')) {
      const inner = this.or(depth + 1);
      return this.take(')') ? inner : null;
    }
    const left = this.operand();
    const operator = this.tokens[this.position];
    if (left === null || operator?.kind !== 'operator' || !isComparison(operator.text)) return left;
    this.position++;
    const right = this.operand();
    return right === null ? null : { op: operator.text, left, right };
  }

  private take(operator: string): boolean {
    const token = this.tokens[this.position];
    if (token?.kind !== 'operator' || token.text !== operator) return false;
    this.position++;
    return true;
  }
}

const MAX_DEPTH = 50;
const tristates = new Set(['y', 'm', 'n']);
const comparisons: ReadonlySet<string> = new Set<Comparison>(['=', '!=', '<', '<=', '>', '>=']);

function isComparison(text: string): text is Comparison {
  return comparisons.has(text);
}

/** The expression as one would write it in Kconfig. */
export function spell(expr: Expr): string {
  switch (expr.op) {
    case 'symbol':
      return expr.symbol.name;
    case 'constant':
      return tristates.has(expr.text) ? expr.text : `"${expr.text}"`;
    case 'not':
      return expr.of.op === 'symbol' || expr.of.op === 'constant' ? `!${spell(expr.of)}` : `!(${spell(expr.of)})`;
    case 'and':
    case 'or':
      return expr.of
        .map((part) => (part.op === 'and' || part.op === 'or' ? `(${spell(part)})` : spell(part)))
        .join(expr.op === 'and' ? ' && ' : ' || ');
    default:
      return `${spell(expr.left)} ${expr.op} ${spell(expr.right)}`;
  }
}
