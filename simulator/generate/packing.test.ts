import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack } from './packing.js';
import { PairMap } from './pair-map.js';

describe('packed states', () => {
  it('have room for each field, none over another, none over two words', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 9 }), (widths) => {
        const { words, fields } = pack(widths);
        const used = Array.from({ length: words }, () => 0n);
        fields.forEach(({ word, shift, bits }, i) => {
          expect(bits).toBeGreaterThanOrEqual(widths[i] ?? 0);
          expect(shift + bits).toBeLessThanOrEqual(32);
          const mask = ((1n << BigInt(bits)) - 1n) << BigInt(shift);
          expect((used[word] ?? 0n) & mask).toBe(0n);
          used[word] = (used[word] ?? 0n) | mask;
        });
        expect(fields).toHaveLength(widths.length);
      }),
    );
  });
});

describe('maps of pairs', () => {
  const small = fc.nat(40);

  it('keep what they are given, however many', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(small, small, fc.nat()), { maxLength: 300 }), (entries) => {
        const map = new PairMap(4);
        const known = new Map<string, number>();
        for (const [a, b, value] of entries) {
          const key = `${String(a)},${String(b)}`;
          expect(map.get(a, b)).toBe(known.get(key) ?? -1);
          if (known.has(key)) continue;
          map.add(a, b, value);
          known.set(key, value);
        }
        for (const [key, value] of known) {
          const [a, b] = key.split(',').map(Number);
          expect(map.get(a ?? 0, b ?? 0)).toBe(value);
        }
      }),
    );
  });
});
