import type { Callee, Expr, Instr, IntType, Procedure } from '../../simulator/program/types.js';

/** A procedure as text: one instruction a line, with its number, and the source line behind it. */
export function printProcedure(procedure: Procedure): string {
  const targets = new Set<number>();
  for (const instr of procedure.code) if (instr.op === 'branch' || instr.op === 'jump') targets.add(instr.target);
  const lines = [`${procedure.name}(${procedure.params.join(', ')})  ; ${procedure.at.file}:${procedure.at.line}`];
  for (const [name, type] of procedure.frame) lines.push(`  frame ${name}: ${type.k === 'struct' ? `struct ${type.name}` : type.k}`);
  for (const [index, instr] of procedure.code.entries()) {
    const mark = targets.has(index) ? `${index}:` : '';
    lines.push(`${mark.padStart(4)} ${printInstr(instr)}  ; ${instr.at.line}`);
  }
  return lines.join('\n');
}

function printInstr(instr: Instr): string {
  switch (instr.op) {
    case 'set':
      return `${instr.dst} = ${printExpr(instr.value)}`;
    case 'load':
      return `${instr.dst} = load.${spell(instr.type)}${suffix(instr.order)} ${printExpr(instr.addr)}`;
    case 'store':
      return `store.${spell(instr.type)}${suffix(instr.order)} ${printExpr(instr.addr)}, ${printExpr(instr.value)}`;
    case 'store-exclusive':
      return `${result(instr.dst)}store-exclusive.${spell(instr.type)}${suffix(instr.order)} ${printExpr(instr.addr)}, ${printExpr(instr.value)}`;
    case 'rmw': {
      const expected = instr.expected === null ? '' : `${printExpr(instr.expected)} -> `;
      return `${result(instr.dst)}${instr.fn}.${spell(instr.type)}.${instr.order} ${printExpr(instr.addr)}, ${expected}${printExpr(instr.operand)}`;
    }
    case 'copy':
      return `copy ${printExpr(instr.to)}, ${printExpr(instr.from)}`;
    case 'zero':
      return `zero ${printExpr(instr.addr)}`;
    case 'call':
      return `${result(instr.dst)}call ${printCallee(instr.callee)}(${instr.args.map(printExpr).join(', ')})`;
    case 'branch':
      return `unless ${printExpr(instr.cond)} goto ${instr.target}`;
    case 'jump':
      return `goto ${instr.target}`;
    case 'return':
      return instr.value === null ? 'return' : `return ${printExpr(instr.value)}`;
    case 'unsupported':
      return `unsupported: ${instr.what}`;
  }
}

/** An expression in C's spelling; `@x` is a global, `&x` a frame object, `?x` an unknown. */
function printExpr(expr: Expr): string {
  switch (expr.k) {
    case 'int':
      return expr.value > 0xffffn ? `0x${expr.value.toString(16)}` : expr.value.toString();
    case 'str':
      return JSON.stringify(expr.value);
    case 'local':
      return expr.name;
    case 'symbol':
      return `@${expr.name}`;
    case 'frame':
      return `&${expr.name}`;
    case 'field':
      return `${printExpr(expr.base)}.${expr.field}`;
    case 'index':
      return `${printExpr(expr.base)}[${printExpr(expr.index)} * ${expr.size}]`;
    case 'offset':
      return `${printExpr(expr.base)}+${expr.symbol}`;
    case 'binary':
      return `(${printExpr(expr.a)} ${expr.op} ${printExpr(expr.b)})`;
    case 'unary':
      return `${expr.op}${printExpr(expr.a)}`;
    case 'cast':
      return `(${spell(expr.type)})${printExpr(expr.a)}`;
    case 'select':
      return `(${printExpr(expr.cond)} ? ${printExpr(expr.then)} : ${printExpr(expr.else)})`;
    case 'unknown':
      return `?${expr.key}`;
  }
}

function printCallee(callee: Callee): string {
  return callee.k === 'name' ? callee.name : `*${printExpr(callee.value)}`;
}

function result(dst: string | null): string {
  return dst === null ? '' : `${dst} = `;
}

function suffix(order: string): string {
  return order === 'plain' ? '' : `.${order}`;
}

function spell(type: IntType): string {
  return `${type.signed ? 's' : 'u'}${type.bits}`;
}
