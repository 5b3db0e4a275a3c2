import { describe, expect, it } from 'vitest';
import type { RmwFunction } from '../program/types.js';
import type { Operation } from './operation.js';
import { applyRmw } from './rmw.js';
import { int, ptr, type Value } from './value.js';

const rmw = (fn: RmwFunction, operand: Value, bits: number, expected: Value | null = null): Extract<Operation, { op: 'rmw' }> => ({
  op: 'rmw',
  loc: 'x',
  fn,
  operand,
  expected,
  order: 'relaxed',
  bits,
});
const ALL = int(-1);

describe('atomics', () => {
  const rows: readonly (readonly [RmwFunction, Value, Value, number, Value])[] = [
    ['add', ALL, int(1), 64, int(0)],
    ['sub', int(0), int(1), 64, ALL],
    ['and', ALL, int(0xff), 64, int(0xff)],
    ['andnot', ALL, int(0xff), 64, int(0xffff_ffff_ffff_ff00n)],
    ['or', int(1), int(2), 64, int(3)],
    ['xor', ALL, int(1), 64, int(0xffff_ffff_ffff_fffen)],
    // A 32-bit atomic on a 64-bit word never touches bits 32 to 63 (RISC-V unprivileged, AMO*.W).
    ['xor', ALL, int(0x1_0000_0001n), 32, int(0xffff_ffff_ffff_fffen)],
    ['xor', ALL, int(1n << 40n), 32, ALL],
    ['and', ALL, int(0), 32, int(0xffff_ffff_0000_0000n)],
    ['or', int(0), ALL, 32, int(0xffff_ffff)],
    ['add', int(0xffff_ffff), int(1), 32, int(0)],
    ['add', int(0x5_ffff_ffffn), int(1), 32, int(0x5_0000_0000n)],
    ['sub', int(0x5_0000_0000n), int(1), 32, int(0x5_ffff_ffffn)],
  ];
  for (const [fn, old, operand, bits, result] of rows) {
    it(`${fn} of ${bits} bits: ${JSON.stringify([old, operand], (_, v: unknown) => (typeof v === 'bigint' ? `0x${v.toString(16)}` : v))}`, () => {
      expect(applyRmw(old, rmw(fn, operand, bits))).toEqual(result);
    });
  }

  it('swap takes any value', () => {
    expect(applyRmw(int(1), rmw('swap', ptr('obj'), 64))).toEqual(ptr('obj'));
  });

  it('compare-and-swap stores only on equality, of as many bits as it has', () => {
    expect(applyRmw(int(1), rmw('cas', int(2), 64, int(1)))).toEqual(int(2));
    expect(applyRmw(int(3), rmw('cas', int(2), 64, int(1)))).toBeNull();
    expect(applyRmw(ptr('a'), rmw('cas', int(0), 64, ptr('a')))).toEqual(int(0));
    expect(applyRmw(ptr('a'), rmw('cas', int(0), 64, ptr('b')))).toBeNull();
    expect(applyRmw(int(0x1_0000_0001n), rmw('cas', int(2), 32, int(1)))).not.toBeNull();
  });

  it('arithmetic on what is no number is not known', () => {
    expect(applyRmw(ptr('a'), rmw('add', int(8), 64))?.k).toBe('unknown');
  });
});
