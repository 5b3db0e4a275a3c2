import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFromLine, MboxSplitter } from './mbox.js';

function split(text: string, sizes: readonly number[] = [text.length], limit = 1 << 20): readonly string[] {
  const splitter = new MboxSplitter(limit);
  const bytes = Buffer.from(text, 'latin1');
  const found: string[] = [];
  const take = (entries: ReturnType<MboxSplitter['end']>): void => {
    for (const entry of entries) found.push(entry.kind === 'mail' ? entry.raw.toString('latin1') : `TOO LARGE ${entry.bytes}`);
  };
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1);
    take(splitter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  take(splitter.end());
  return found;
}

const GIT = 'From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n';
const LORE = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n';

describe('isFromLine', () => {
  it.each([
    [GIT, true],
    [LORE, true],
    ['From ada@kernel.invalid Sat Jun  1 10:00 2024', true],
    ['From ada@kernel.invalid  Sat Jun  1 10:00:00 CEST 2024', true],
    ['From ada@kernel.invalid Sat Jun  1 10:00:00 2024 +0200', true],
    ['From here on, all is flushed', false],
    ['From 2019 to 2024', false],
    ['>From ada Sat Jun  1 10:00:00 2024', false],
    ['From: Ada', false],
  ])('%s', (line, expected) => {
    expect(isFromLine(line)).toBe(expected);
  });
});

describe('MboxSplitter', () => {
  const one = 'Subject: a\n\nFrom here on\n>From quoted\n>>From deeper\n';
  const two = 'Subject: b\n\nb\n';

  it('splits, keeps From in text, takes off one escape', () => {
    expect(split(GIT + one + LORE + two)).toEqual([one.replace('>From q', 'From q').replace('>>From', '>From'), two]);
  });

  it('gives the same whatever the pieces', () => {
    const text = LORE + one + GIT + two + LORE + one;
    const expected = split(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 }), (sizes) => {
        expect(split(text, sizes)).toEqual(expected);
      }),
    );
  });

  it('does not hold a mail that is too large', () => {
    const found = split(LORE + two + LORE + 'x'.repeat(5000) + '\n' + LORE + two, [100], 1000);
    expect(found[0]).toBe(two);
    expect(found[1]).toMatch(/^TOO LARGE/);
    expect(found[2]).toBe(two);
  });
});
