import type { BinaryOp, IntType, UnaryOp } from './types.js';

// Integers are kept as the 64 bits of a register (0 … 2^64-1); an operation's type says how to read them.

/** Truncates to `type` and extends back to 64 bits by its sign. */
export function convert(v: bigint, type: IntType): bigint {
  return type.signed ? BigInt.asUintN(64, BigInt.asIntN(type.bits, v)) : BigInt.asUintN(type.bits, v);
}

/** The number that the 64 bits mean under `type`. */
function read(v: bigint, type: IntType): bigint {
  return type.signed ? BigInt.asIntN(type.bits, v) : BigInt.asUintN(type.bits, v);
}

const truth = (b: boolean): bigint => (b ? 1n : 0n);

/** Division by zero has no value; the caller reports it. */
export function binaryInt(op: BinaryOp, a: bigint, b: bigint, type: IntType): bigint | null {
  const x = read(a, type);
  const y = read(b, type);
  switch (op) {
    case '+':
      return convert(x + y, type);
    case '-':
      return convert(x - y, type);
    case '*':
      return convert(x * y, type);
    case '/':
      return y === 0n ? null : convert(x / y, type);
    case '%':
      return y === 0n ? null : convert(x % y, type);
    case '&':
      return convert(x & y, type);
    case '|':
      return convert(x | y, type);
    case '^':
      return convert(x ^ y, type);
    // A register shifts by the low bits of the amount; C leaves larger amounts undefined.
    case '<<':
      return convert(x << (BigInt.asUintN(64, y) % BigInt(type.bits)), type);
    case '>>':
      return convert(x >> (BigInt.asUintN(64, y) % BigInt(type.bits)), type);
    case '==':
      return truth(x === y);
    case '!=':
      return truth(x !== y);
    case '<':
      return truth(x < y);
    case '<=':
      return truth(x <= y);
    case '>':
      return truth(x > y);
    case '>=':
      return truth(x >= y);
  }
}

export function unaryInt(op: UnaryOp, a: bigint, type: IntType): bigint {
  switch (op) {
    case '-':
      return convert(-read(a, type), type);
    case '~':
      return convert(~read(a, type), type);
    case '!':
      return truth(read(a, type) === 0n);
  }
}
