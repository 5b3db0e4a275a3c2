import type { Expr, Instr, Procedure, Program } from '../../../simulator/program/types.js';
import { compileAsmText, type TextOptions } from '../file.js';

/** Compiles text as lines 1, 2, … of `arch/riscv/kernel/stub.S`. */
export function compileText(text: string, options: TextOptions = {}): Program {
  const lines = text
    .split('\n')
    .map((line, index) => ({ text: line, at: { file: 'arch/riscv/kernel/stub.S', line: index + 1, origin: 'patch' as const } }));
  return compileAsmText(lines, options);
}

function expr(e: Expr): string {
  switch (e.k) {
    case 'int':
      return String(e.value);
    case 'str':
      return JSON.stringify(e.value);
    case 'local':
      return e.name;
    case 'symbol':
      return `&${e.name}`;
    case 'frame':
      return `frame:${e.name}`;
    case 'field':
      return `${expr(e.base)}.${e.field}`;
    case 'index':
      return `${expr(e.base)}[${expr(e.index)}x${e.size}]`;
    case 'offset':
      return `${expr(e.base)}->${e.symbol}`;
    case 'binary':
      return `(${expr(e.a)} ${e.op}${e.type.signed ? '' : 'u'} ${expr(e.b)})`;
    case 'unary':
      return `${e.op}${expr(e.a)}`;
    case 'cast':
      return `${e.type.signed ? 's' : 'u'}${e.type.bits}(${expr(e.a)})`;
    case 'select':
      return `(${expr(e.cond)} ? ${expr(e.then)} : ${expr(e.else)})`;
    case 'unknown':
      return `?${e.key}`;
  }
}

/** One instruction as a line of text. */
export function instructionListing(i: Instr): string {
  const type = (t: { readonly bits: number; readonly signed: boolean }): string => `${t.signed ? 's' : 'u'}${t.bits}`;
  switch (i.op) {
    case 'set':
      return `${i.dst} = ${expr(i.value)}`;
    case 'load':
      return `${i.dst} = load ${type(i.type)} ${expr(i.addr)} ${i.order}${i.exclusive === true ? ' exclusive' : ''}`;
    case 'store-exclusive':
      return `${i.dst} = store-exclusive ${type(i.type)} ${expr(i.addr)}, ${expr(i.value)} ${i.order}`;
    case 'store':
      return `store ${type(i.type)} ${expr(i.addr)} = ${expr(i.value)} ${i.order}`;
    case 'rmw':
      return `${i.dst ?? '_'} = ${i.fn}.${i.order} ${type(i.type)} ${expr(i.addr)}, ${expr(i.operand)}`;
    case 'copy':
      return 'copy';
    case 'zero':
      return 'zero';
    case 'call': {
      const callee = i.callee.k === 'name' ? i.callee.name : `*${expr(i.callee.value)}`;
      const all = i.args.length === 8 && i.args.every((arg, index) => arg.k === 'local' && arg.name === `a${index}`);
      return `${i.dst ?? '_'} = ${callee}(${all ? 'a0..a7' : i.args.map(expr).join(', ')})`;
    }
    case 'branch':
      return `ifzero ${expr(i.cond)} goto ${i.target}`;
    case 'jump':
      return `goto ${i.target}`;
    case 'return':
      return i.value ? `return ${expr(i.value)}` : 'return';
    case 'unsupported':
      return `unsupported: ${i.what}`;
  }
}

/** One line for each instruction. */
export function listing(procedure: Procedure | undefined): string[] {
  return procedure?.code.map(instructionListing) ?? [];
}

/** The listing of code that stands alone in a procedure. */
export function listingOf(code: string, options: TextOptions = {}): string[] {
  return listing(compileText(`SYM_CODE_START(f)\n${code}\nSYM_CODE_END(f)`, options).procedures.get('f'));
}
