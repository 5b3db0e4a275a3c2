import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NearMap } from './near-map.js';
import { MAX_BITS, pack, type Packing, repacked, roomy } from './packing.js';
import { PairMap } from './pair-map.js';

const widthsOf = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 9 });

describe('packed states', () => {
  it('are given the room that their words have', () => {
    expect(pack(roomy([12, 8, 8, 8, 8, 2])).words).toBe(2);
    fc.assert(
      fc.property(widthsOf, (widths) => {
        const wide = roomy(widths);
        expect(pack(wide).words).toBe(pack(widths).words);
        wide.forEach((bits, i) => {
          expect(bits).toBeGreaterThanOrEqual(widths[i] ?? 0);
        });
        const more = wide.map((bits, i) => (i < wide.length - 1 ? bits + 1 : bits));
        expect(more.some((bits) => bits > MAX_BITS) || wide.length === 1 || pack(more).words > pack(widths).words).toBe(true);
      }),
    );
  });

  it('keep their parts when they are packed otherwise', () => {
    const put = ({ fields }: Packing, rows: Int32Array, at: number, values: readonly number[]): void => {
      fields.forEach(({ word, shift }, i) => (rows[at + word] = (rows[at + word] ?? 0) | ((values[i] ?? 0) << shift)));
    };
    fc.assert(
      fc.property(widthsOf, fc.array(fc.nat(), { minLength: 2, maxLength: 5 }), (widths, seeds) => {
        const from = pack(widths);
        const to = pack(widths.map((bits) => bits + 3));
        const values = seeds.map((seed) => widths.map((bits, i) => (seed >>> i) % 2 ** bits));
        const [old, made] = [from, to].map((packing) => {
          const rows = new Int32Array(10 * (packing.words + 1));
          values.forEach((each, row) => {
            put(packing, rows, row * (packing.words + 1), each);
            rows[row * (packing.words + 1) + packing.words] = -1 - row;
          });
          return rows;
        });
        expect(repacked(from, to, old ?? new Int32Array(0), values.length, 10, 1)).toEqual(made);
      }),
    );
  });

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

  it('have two values a pair', () => {
    const map = new PairMap(4);
    for (let i = 0; i < 100; i++) map.add(i, i + 1, 2 * i, -i);
    const { slots } = map;
    const rows = Array.from({ length: slots.length / 4 }, (_, i) => [...slots.subarray(4 * i, 4 * i + 4)]).filter(([key]) => key !== 0);
    expect(rows.every(([key = 0, b, value, second]) => b === key && value === 2 * (key - 1) && second === 1 - key)).toBe(true);
    expect([...map.values()].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => 2 * i));
  });

  it('of low numbers have them in cells as well, as many as there is room for', () => {
    const map = new NearMap();
    const pairs = [0, 1, 31, 32, 700, 3000].flatMap((a) => [0, 5, 33, 900].map((b) => [a, b] as const));
    pairs.forEach(([a, b], i) => {
      map.add(a, b, i);
    });
    let inCells = 0;
    pairs.forEach(([a, b], i) => {
      expect(map.get(a, b)).toBe(i);
      if (b >>> map.shift > 0 || a >= map.cells.length >>> map.shift) return;
      expect(map.cells[(a << map.shift) | b]).toBe(i + 1);
      inCells++;
    });
    expect(map.cells.filter((cell) => cell !== 0)).toHaveLength(inCells);
    expect(map.cells.length).toBeLessThanOrEqual(1 << 20);
    expect(inCells).toBeGreaterThan(12);
    expect(inCells).toBeLessThan(pairs.length);
  });

  it.each([() => new PairMap(4), () => new NearMap()])('keep what they are given, however many', (make) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(small, small, fc.nat()), { maxLength: 300 }), (entries) => {
        const map = make();
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
