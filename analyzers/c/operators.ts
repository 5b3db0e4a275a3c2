import type { BinaryOp, Expr } from '../../simulator/program/types.js';
import { type Fx, Unsupported, type Value } from './context.js';
import { binary, cast, element, fits, int, select, truth, unary, wrap } from './ir.js';
import { type CType, S32, S64, commonType, flatten, intTypeOf, promote, valueType } from './types.js';

/** The expression of `value` as a value of type `to`. */
export function convert(value: Value, to: CType): Expr {
  const target = valueType(to);
  const from = valueType(value.t);
  switch (target.k) {
    case 'int':
      if (target.bool) return truth(value.e);
      if (from.k === 'int' && fits(from.type, target.type)) return value.e;
      if (from.k === 'pointer' && target.type.bits === 64) return value.e;
      if (from.k === 'struct') throw new Unsupported('a struct where a number is wanted');
      return cast(value.e, target.type);
    case 'pointer':
    case 'unknown':
      if (value.e.k === 'int') return int(wrap(value.e.value, { bits: 64, signed: false }));
      return from.k === 'int' && from.type.signed ? cast(value.e, { bits: 64, signed: false }) : value.e;
    default:
      return value.e;
  }
}

const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=']);
const operators = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', ...comparisons]);

export function isBinaryOp(text: string): text is BinaryOp {
  return operators.has(text);
}

/** Binary operators but for `&&`, `||` and `,`. */
export function operate(fx: Fx, op: BinaryOp, a: Value, b: Value): Value {
  const left = valueType(a.t);
  const right = valueType(b.t);
  if (left.k === 'struct' || right.k === 'struct' || left.k === 'void' || right.k === 'void') {
    throw new Unsupported(`operands of ${op} are no numbers`);
  }
  if (op === '+' || op === '-') {
    if (left.k === 'pointer' && right.k === 'pointer' && op === '-') return difference(fx, a, b, left.to);
    if (left.k === 'pointer' && right.k !== 'pointer') return step(fx, a, left, b, op);
    if (right.k === 'pointer' && op === '+') return step(fx, b, right, a, op);
  }
  if (comparisons.has(op)) {
    const isPointer = left.k === 'pointer' || right.k === 'pointer';
    const type = isPointer ? ({ bits: 64, signed: false } as const) : commonType(a.t, b.t, op !== '==' && op !== '!=');
    return { e: binary(op, toInt(a, type), toInt(b, type), type), t: S32 };
  }
  if (op === '<<' || op === '>>') {
    const type = promote(a.t);
    return { e: binary(op, toInt(a, type), b.e, type), t: { k: 'int', type } };
  }
  const type = commonType(a.t, b.t, false);
  return { e: binary(op, toInt(a, type), toInt(b, type), type), t: { k: 'int', type } };
}

export function negate(op: '-' | '~' | '!' | '+', a: Value): Value {
  if (op === '!') return { e: unary('!', a.e, promote(a.t)), t: S32 };
  const type = promote(a.t);
  const operand = toInt(a, type);
  return { e: op === '+' ? operand : unary(op, operand, type), t: { k: 'int', type } };
}

/** The type of `c ? a : b`. */
export function eitherType(a: Value, b: Value): CType {
  const left = valueType(a.t);
  const right = valueType(b.t);
  if (left.k === 'void' || right.k === 'void') return { k: 'void' };
  if (left.k === 'pointer' && right.k === 'pointer') return left.to.k === 'void' ? right : left;
  if (left.k === 'pointer' || left.k === 'struct') return left;
  if (right.k === 'pointer' || right.k === 'struct') return right;
  if (left.k === 'unknown') return right.k === 'unknown' ? left : right;
  if (right.k === 'unknown') return left;
  return { k: 'int', type: commonType(a.t, b.t, false) };
}

export function choose(cond: Value, a: Value, b: Value): Value {
  const t = eitherType(a, b);
  return { e: select(truth(cond.e), convert(a, t), convert(b, t)), t };
}

function toInt(value: Value, type: { bits: 8 | 16 | 32 | 64; signed: boolean }): Expr {
  return convert(value, { k: 'int', type });
}

function step(fx: Fx, pointer: Value, type: CType & { k: 'pointer' }, offset: Value, op: '+' | '-'): Value {
  const { element: innermost, count } = flatten(type.to);
  const size = type.to.k === 'void' || type.to.k === 'function' ? 1 : fx.unit.sizeOf(innermost);
  let index = intTypeOf(offset.t).bits < 64 ? convert(offset, S64) : offset.e;
  if (count !== null && count !== 1) index = binary('*', index, int(count), { bits: 64, signed: true });
  if (op === '-') index = unary('-', index, { bits: 64, signed: true });
  return { e: element(pointer.e, index, size), t: type };
}

const PAGE = 4096;

function difference(fx: Fx, a: Value, b: Value, to: CType): Value {
  // A struct page is the page that it describes (simulator/catalog/generic.yaml): two of them differ by how far those are apart.
  const size = to.k === 'void' ? 1 : to.k === 'struct' && to.name === 'page' ? PAGE : fx.unit.sizeOf(to);
  const type = { bits: 64, signed: true } as const;
  const bytes = binary('-', a.e, b.e, type);
  return { e: size === 1 ? bytes : binary('/', bytes, int(size), type), t: S64 };
}
