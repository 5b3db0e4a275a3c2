import type { Expr } from '../../simulator/program/types.js';

/** True when the test holds for the expression or a part of it. */
export function someExpr(expr: Expr, test: (part: Expr) => boolean): boolean {
  if (test(expr)) return true;
  switch (expr.k) {
    case 'field':
    case 'offset':
      return someExpr(expr.base, test);
    case 'index':
      return someExpr(expr.base, test) || someExpr(expr.index, test);
    case 'binary':
      return someExpr(expr.a, test) || someExpr(expr.b, test);
    case 'unary':
    case 'cast':
      return someExpr(expr.a, test);
    case 'select':
      return someExpr(expr.cond, test) || someExpr(expr.then, test) || someExpr(expr.else, test);
    default:
      return false;
  }
}

/** Adds how often each local is read. */
export function countLocals(expr: Expr, counts: Map<string, number>): void {
  someExpr(expr, (part) => {
    if (part.k === 'local') counts.set(part.name, (counts.get(part.name) ?? 0) + 1);
    return false;
  });
}
