import type { Expr } from './types.js';

/** Calls `into` with each local that an expression reads. */
export function localsOf(expr: Expr, into: (name: string) => void): void {
  switch (expr.k) {
    case 'local':
      into(expr.name);
      return;
    case 'field':
    case 'offset':
      localsOf(expr.base, into);
      return;
    case 'index':
      localsOf(expr.base, into);
      localsOf(expr.index, into);
      return;
    case 'binary':
      localsOf(expr.a, into);
      localsOf(expr.b, into);
      return;
    case 'unary':
    case 'cast':
      localsOf(expr.a, into);
      return;
    case 'select':
      localsOf(expr.cond, into);
      localsOf(expr.then, into);
      localsOf(expr.else, into);
      return;
    case 'int':
    case 'str':
    case 'symbol':
    case 'frame':
    case 'unknown':
      return;
  }
}
