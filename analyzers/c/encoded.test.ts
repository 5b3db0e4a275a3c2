import { describe, expect, it } from 'vitest';
import { encodedInstruction } from './encoded.js';

describe('instructions that are written as numbers', () => {
  it.each([
    ['.long', '(0x7c000264 | (((%0) & 0x1f) << 11) | (((%4) & 0x1f) << 21))', '0x7c000264', ['%0', '%4']],
    ['.long', '0x7C0003E4 | ((3 & 0x7) << 21)', '0x7c0003e4', ['3']],
    ['.long', '0x7e00066c', '0x7e00066c', []],
    ['.insn', 'rrf,0xb98f0000, %[r1],%[r2],0,0', '0xb98f0000', ['%[r1]', '%[r2]', '0', '0']],
  ])('%s %s', (directive, rest, name, operands) => {
    expect(encodedInstruction(directive, rest)).toEqual({ name, operands });
  });

  it.each([
    ['.long', '1b - .'],
    ['.long', '42'],
    ['.long', '0x7c000264 | flags'],
    ['.short', '0x7c000264'],
    ['.insn', 'r CUSTOM_0, 0, 0, a0, a1, a2'],
  ])('%s %s is none', (directive, rest) => {
    expect(encodedInstruction(directive, rest)).toBeNull();
  });
});
