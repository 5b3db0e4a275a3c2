import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binaryInt, convert, unaryInt } from './arithmetic.js';
import type { BinaryOp, IntType } from './types.js';

const type = (bits: 8 | 16 | 32 | 64, signed = false): IntType => ({ bits, signed });
const U8 = type(8);
const S8 = type(8, true);
const U32 = type(32);
const S32 = type(32, true);
const U64 = type(64);
const S64 = type(64, true);
const MAX = 0xffff_ffff_ffff_ffffn;

describe('integers', () => {
  const rows: readonly (readonly [BinaryOp, bigint, bigint, IntType, bigint | null])[] = [
    ['+', 0xffn, 1n, U8, 0n],
    ['+', 0x7fn, 1n, S8, 0xffff_ffff_ffff_ff80n],
    ['+', MAX, 1n, U64, 0n],
    ['-', 0n, 1n, U64, MAX],
    ['-', 0n, 1n, U32, 0xffff_ffffn],
    ['-', 0n, 1n, S32, MAX],
    ['*', 1n << 63n, 2n, U64, 0n],
    // C division truncates towards zero, and the remainder takes the sign of the dividend.
    ['/', convert(-7n, S64), 2n, S64, convert(-3n, S64)],
    ['%', convert(-7n, S64), 2n, S64, MAX],
    ['/', MAX, 2n, U64, 0x7fff_ffff_ffff_ffffn],
    ['/', 1n, 0n, U64, null],
    ['%', 1n, 0n, U64, null],
    ['<', MAX, 0n, S64, 1n],
    ['<', MAX, 0n, U64, 0n],
    ['<=', 3n, 3n, U64, 1n],
    ['>', MAX, 0n, U64, 1n],
    ['>=', MAX, 0n, S64, 0n],
    ['==', 0x1_0000_0001n, 1n, U32, 1n],
    ['!=', 0x1_0000_0001n, 1n, U64, 1n],
    ['<<', 1n, 63n, U64, 1n << 63n],
    // A register shifts by the low bits of the amount.
    ['<<', 1n, 64n, U64, 1n],
    ['<<', 1n, 33n, U32, 2n],
    ['<<', 1n, 31n, S32, 0xffff_ffff_8000_0000n],
    ['>>', MAX, 60n, U64, 0xfn],
    ['>>', MAX, 60n, S64, MAX],
    ['&', MAX, 0xffn, U64, 0xffn],
    ['|', 0xf0n, 0x0fn, U64, 0xffn],
    ['^', MAX, MAX, U64, 0n],
  ];
  for (const [op, a, b, t, result] of rows) {
    it(`${a} ${op} ${b} as ${t.signed ? 's' : 'u'}${t.bits}`, () => {
      expect(binaryInt(op, a, b, t)).toBe(result);
    });
  }

  it('unary operators', () => {
    expect(unaryInt('-', 1n, U64)).toBe(MAX);
    expect(unaryInt('-', 1n, U32)).toBe(0xffff_ffffn);
    expect(unaryInt('~', 0n, U8)).toBe(0xffn);
    expect(unaryInt('~', 0n, S32)).toBe(MAX);
    expect(unaryInt('!', 0n, U64)).toBe(1n);
    expect(unaryInt('!', 0x1_0000_0000n, U32)).toBe(1n);
  });

  it('agree with JavaScript where its numbers are exact', () => {
    const s32 = fc.integer();
    fc.assert(
      fc.property(s32, s32, (a, b) => {
        const [x, y] = [convert(BigInt(a), S32), convert(BigInt(b), S32)];
        expect(binaryInt('+', x, y, S32)).toBe(convert(BigInt((a + b) | 0), S32));
        expect(binaryInt('*', x, y, S32)).toBe(convert(BigInt(Math.imul(a, b)), S32));
        expect(binaryInt('<', x, y, S32)).toBe(a < b ? 1n : 0n);
        expect(binaryInt('>>', x, y & 31n, S32)).toBe(convert(BigInt(a >> (b & 31)), S32));
        expect(binaryInt('>>', x, y & 31n, U32)).toBe(BigInt((a >>> 0) >>> (b & 31)));
      }),
    );
  });

  it('convert keeps 64 bits and is idempotent', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX }), fc.constantFrom(U8, S8, U32, S32, U64, S64), (v, t) => {
        const once = convert(v, t);
        expect(once >= 0n && once <= MAX).toBe(true);
        expect(convert(once, t)).toBe(once);
      }),
    );
  });
});
