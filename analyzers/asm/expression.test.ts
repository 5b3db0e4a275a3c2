import { describe, expect, it } from 'vitest';
import { evaluateText } from './expression.js';

const value = (text: string): bigint | null => evaluateText(text, (name) => (name === 'SIX' ? 6n : null));

describe('evaluateText', () => {
  it.each<[string, bigint]>([
    ['0x10UL + 010 - 0b11', 21n],
    ['2 + 3 | 4', 9n], // gas binds | tighter than +
    ['(2 + 3) | 4', 5n],
    ['-(SIX * 2)', -12n],
    ['~0 >> 60', 15n],
    ['1 << 3 == 8', -1n],
    ['1 && SIX || 0', 1n],
    ["'a' + 1", 98n],
    ['0xffffffffffffffff', -1n],
    ['10 - 2 - 3', 5n],
  ])('%s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it.each(['', '(', '1 +', 'other', '1 / 0', '%lo(SIX)', '09', '1 2', '$('.repeat(2000)])('is null for %j', (text) => {
    expect(value(text)).toBeNull();
  });
});
