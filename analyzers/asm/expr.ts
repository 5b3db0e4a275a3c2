import type { BinaryOp, Expr, IntType } from '../../simulator/program/types.js';
import { registerName } from './registers.js';

export const s64: IntType = { bits: 64, signed: true };
export const u64: IntType = { bits: 64, signed: false };
export const s32: IntType = { bits: 32, signed: true };
export const u32: IntType = { bits: 32, signed: false };

export const int = (value: bigint | number): Expr => ({ k: 'int', value: BigInt(value) });
export const str = (value: string): Expr => ({ k: 'str', value });
export const local = (name: string): Expr => ({ k: 'local', name });
export const cast = (a: Expr, type: IntType): Expr => (a.k === 'int' ? int(wrap(a.value, type)) : { k: 'cast', a, type });
export const binary = (op: BinaryOp, a: Expr, b: Expr, type: IntType): Expr => ({ k: 'binary', op, a, b, type });

function wrap(value: bigint, type: IntType): bigint {
  return type.signed ? BigInt.asIntN(type.bits, value) : BigInt.asUintN(type.bits, value);
}

/** A register as a value, by any of its names: x0 is the constant 0. Null when `text` is no integer register. */
export function registerValue(text: string): Expr | null {
  const name = registerName(text);
  if (name === null) return null;
  return name === 'zero' ? int(0) : local(name);
}
