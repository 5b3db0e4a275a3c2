import type { Operation } from './operation.js';
import { int, type Value, valueKey } from './value.js';

/**
 * The value an atomic leaves behind, or null where it stores nothing (a compare that fails). An access narrower than the word changes the
 * word's low part only: `amoxor.w` on a 64-bit word never touches bits 32 to 63.
 */
export function applyRmw(old: Value, does: Extract<Operation, { op: 'rmw' }>): Value | null {
  if (does.fn === 'swap') return does.operand;
  if (does.fn === 'cas') return does.expected !== null && sameLow(old, does.expected, does.bits) ? does.operand : null;
  if (does.fn === 'add-unless' && (does.expected === null || sameLow(old, does.expected, does.bits))) return null;
  if (old.k !== 'int' || does.operand.k !== 'int') return { k: 'unknown', key: `${does.fn} of ${valueKey(old)}` };
  const low = BigInt.asUintN(does.bits, compute(does.fn === 'add-unless' ? 'add' : does.fn, old.v, does.operand.v));
  const high = old.v - BigInt.asUintN(does.bits, old.v);
  return int(high + low);
}

function sameLow(a: Value, b: Value, bits: number): boolean {
  if (a.k === 'int' && b.k === 'int') return BigInt.asUintN(bits, a.v) === BigInt.asUintN(bits, b.v);
  return valueKey(a) === valueKey(b);
}

function compute(fn: 'add' | 'sub' | 'and' | 'andnot' | 'or' | 'xor', a: bigint, b: bigint): bigint {
  switch (fn) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'and':
      return a & b;
    case 'andnot':
      return a & ~b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
  }
}
