import type { Expr, Instr } from './types.js';

/** Calls `into` with each local that an expression reads. */
function localsOf(expr: Expr, into: (name: string) => void): void {
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

/** Calls `into` with each local that an instruction reads. */
export function localsReadBy(instr: Instr, into: (name: string) => void): void {
  for (const expr of operandsOf(instr)) localsOf(expr, into);
}

function operandsOf(instr: Instr): readonly Expr[] {
  switch (instr.op) {
    case 'set':
      return [instr.value];
    case 'load':
    case 'zero':
      return [instr.addr];
    case 'store':
    case 'store-exclusive':
      return [instr.addr, instr.value];
    case 'rmw':
      return instr.expected ? [instr.addr, instr.operand, instr.expected] : [instr.addr, instr.operand];
    case 'copy':
      return [instr.to, instr.from];
    case 'call':
      return instr.callee.k === 'value' ? [instr.callee.value, ...instr.args] : instr.args;
    case 'branch':
      return [instr.cond];
    case 'return':
      return instr.value ? [instr.value] : [];
    case 'jump':
    case 'unsupported':
      return [];
  }
}
