import { describe, expect, it } from 'vitest';
import { clip, columns, harmless, thousands, wrap } from './text.js';

describe('harmless', () => {
  it.each([
    ['plain text', 'plain text'],
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\r\nb\tc\u2028d', 'a b c d'],
    ['\u202egpj', '\\u{202e}gpj'],
    ['\ud800', '\\u{d800}'],
    [`e${'\u0301'.repeat(50)}`, `e${'\u0301'.repeat(4)}`],
  ])('%j', (text, shown) => {
    expect(harmless(text)).toBe(shown);
  });

  it('clips', () => {
    expect(harmless('x'.repeat(10), 8)).toBe('xxxxx...');
    expect(harmless('\u0000'.repeat(1e6), 20)).toHaveLength(20);
  });
});

describe('wrap', () => {
  it('breaks at blanks and hangs', () => {
    expect(wrap('one two three', 9, '- ', '  ')).toEqual(['- one two', '  three']);
  });

  it('breaks long words behind a mark that names have', () => {
    expect(wrap('arch/arm64/kvm/hyp/pgtable.c', 16)).toEqual(['arch/arm64/kvm/', 'hyp/pgtable.c']);
    expect(wrap('x'.repeat(20), 8)).toEqual(['x'.repeat(8), 'x'.repeat(8), 'x'.repeat(4)]);
  });

  it('counts wide characters twice', () => {
    expect(wrap('語語語', 4)).toEqual(['語語', '語']);
    expect(columns('e\u0301語')).toBe(3);
    expect(clip('語語語語', 7)).toBe('語語...');
  });
});

it('thousands', () => {
  expect([0, 999, 4112, 1234567, 0.5, 1e21].map(thousands)).toEqual(['0', '999', '4,112', '1,234,567', '0.5', '1e+21']);
});
