import type { BinaryOp, Expr, IntType, UnaryOp } from '../../simulator/program/types.js';

/** Builders of expressions; constants are folded on the way. */

export const ZERO: Expr = { k: 'int', value: 0n };
const ONE: Expr = { k: 'int', value: 1n };

export function int(value: bigint | number): Expr {
  return { k: 'int', value: BigInt(value) };
}

export function wrap(value: bigint, type: IntType): bigint {
  return type.signed ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value);
}

export function field(base: Expr, name: string): Expr {
  return { k: 'field', base, field: name };
}

/** `&base[index]`; a step from an element that is itself `&x[0]` is taken from `x`. */
export function element(base: Expr, index: Expr, size: number): Expr {
  if (base.k === 'index' && base.size === size && base.index.k === 'int' && base.index.value === 0n) return { ...base, index };
  if (base.k === 'index' && base.size === size && base.index.k === 'int' && index.k === 'int') {
    return { ...base, index: int(base.index.value + index.value) };
  }
  return { k: 'index', base, index, size };
}

export function cast(a: Expr, type: IntType): Expr {
  if (a.k === 'int') return int(wrap(a.value, type));
  if (a.k === 'cast' && a.type.bits === type.bits && a.type.signed === type.signed) return a;
  if (isAddress(a) && type.bits === 64) return a;
  return { k: 'cast', a, type };
}

/** True when every value of `from` is a value of `to`: a cast would do nothing. */
export function fits(from: IntType, to: IntType): boolean {
  if (from.signed === to.signed) return from.bits <= to.bits;
  return !from.signed && from.bits < to.bits;
}

export function isAddress(a: Expr): boolean {
  return a.k === 'symbol' || a.k === 'frame' || a.k === 'field' || a.k === 'str';
}

export function unary(op: UnaryOp, a: Expr, type: IntType): Expr {
  if (a.k === 'int') {
    if (op === '!') return a.value === 0n ? ONE : ZERO;
    return int(wrap(op === '-' ? -a.value : ~a.value, type));
  }
  if (op === '!' && isAddress(a)) return ZERO;
  if (op === '!' && a.k === 'unary' && a.op === '!' && isTruth(a.a)) return a.a;
  if (op === '!' && a.k === 'binary') {
    const opposite = opposites[a.op];
    if (opposite !== undefined) return { ...a, op: opposite };
  }
  return { k: 'unary', op, a, type };
}

export function binary(op: BinaryOp, a: Expr, b: Expr, type: IntType): Expr {
  if (a.k === 'int' && b.k === 'int') {
    const value = fold(op, wrap(a.value, type), op === '<<' || op === '>>' ? b.value : wrap(b.value, type), type);
    if (value !== null) return int(value);
  }
  // A mask of no bits, whatever is masked.
  if (op === '&' && ((a.k === 'int' && a.value === 0n) || (b.k === 'int' && b.value === 0n))) return ZERO;
  return { k: 'binary', op, a, b, type };
}

/** 0 or 1. */
export function truth(a: Expr): Expr {
  if (a.k === 'int') return a.value === 0n ? ZERO : ONE;
  if (isTruth(a)) return a;
  if (isAddress(a)) return ONE;
  return binary('!=', a, ZERO, { bits: 64, signed: false });
}

export function select(cond: Expr, yes: Expr, no: Expr): Expr {
  if (cond.k === 'int') return cond.value === 0n ? no : yes;
  return { k: 'select', cond, then: yes, else: no };
}

const opposites: Partial<Record<BinaryOp, BinaryOp>> = { '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>' };

function isTruth(a: Expr): boolean {
  return (a.k === 'binary' && opposites[a.op] !== undefined) || (a.k === 'unary' && a.op === '!');
}

function fold(op: BinaryOp, a: bigint, b: bigint, type: IntType): bigint | null {
  switch (op) {
    case '+':
      return wrap(a + b, type);
    case '-':
      return wrap(a - b, type);
    case '*':
      return wrap(a * b, type);
    case '/':
      return b === 0n ? null : wrap(a / b, type);
    case '%':
      return b === 0n ? null : wrap(a % b, type);
    case '&':
      return wrap(a & b, type);
    case '|':
      return wrap(a | b, type);
    case '^':
      return wrap(a ^ b, type);
    case '<<':
      return b < 0n || b >= BigInt(type.bits) ? null : wrap(a << b, type);
    case '>>':
      return b < 0n || b >= BigInt(type.bits) ? null : wrap(a >> b, type);
    case '==':
      return a === b ? 1n : 0n;
    case '!=':
      return a !== b ? 1n : 0n;
    case '<':
      return a < b ? 1n : 0n;
    case '<=':
      return a <= b ? 1n : 0n;
    case '>':
      return a > b ? 1n : 0n;
    case '>=':
      return a >= b ? 1n : 0n;
  }
}
