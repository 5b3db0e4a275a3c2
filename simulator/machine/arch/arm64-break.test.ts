import { describe, expect, it } from 'vitest';
import { type BbmLevel, needsBreak } from './arm64-break.js';

const A = 0x8000_0000n;
const B = 0x9000_0000n;
/** Stage 1, last level: valid, page, AF, writable. */
const PAGE = A | 0x703n;
const READ_ONLY = 1n << 7n;
const BLOCK = A | 0x701n;
const TABLE = A | 0x3n;
const NOT_TRANSLATING = 1n << 16n;

describe('changes of a live entry', () => {
  const rows: readonly [string, bigint, bigint, boolean, BbmLevel, string | null][] = [
    ['nothing', PAGE, PAGE, true, 0, null],
    ['to invalid', PAGE, 0n, true, 0, null],
    ['from invalid', 0n, PAGE, true, 0, null],
    ['write permission', PAGE, PAGE | READ_ONLY, true, 0, null],
    ['access flag', PAGE, PAGE & ~(1n << 10n), true, 0, null],
    ['execute never, software bits', PAGE, PAGE | (3n << 53n) | (1n << 55n), true, 0, null],
    ['another page, one of them writable', PAGE, B | 0x783n, true, 2, 'the output address'],
    ['another page, both read-only', PAGE | READ_ONLY, B | 0x783n, true, 0, null],
    ['another page, clean but writable by hardware', PAGE | READ_ONLY | (1n << 51n), B | 0x783n, true, 0, 'the output address'],
    ['memory type', PAGE, PAGE | (1n << 2n), true, 2, 'the memory type'],
    ['contiguous bit', PAGE, PAGE | (1n << 52n), true, 0, 'the contiguous bit'],
    ['contiguous bit, level 1', PAGE, PAGE | (1n << 52n), true, 1, null],
    ['global for non-global', PAGE | (1n << 11n), PAGE, true, 0, 'non-global to global'],
    ['non-global for global', PAGE, PAGE | (1n << 11n), true, 0, null],
    ['block to table', BLOCK, TABLE, false, 0, 'the size of the mapping'],
    ['block to table, level 1 without nT', BLOCK, TABLE, false, 1, 'the size of the mapping'],
    ['block with nT to table, level 1', BLOCK | NOT_TRANSLATING, TABLE, false, 1, null],
    ['table to block, level 2', TABLE, BLOCK, false, 2, null],
    ['another table', TABLE, B | 0x3n, false, 0, null],
  ];
  it.each(rows)('%s', (_, before, after, last, level, what) => {
    expect(needsBreak(before, after, last, 1, level)).toBe(what);
  });

  it('stage 2 has the write permission the other way round', () => {
    expect(needsBreak(A | 0x7c3n, B | 0x743n, true, 2, 0)).toBe('the output address');
    expect(needsBreak(A | 0x743n, B | 0x743n, true, 2, 0)).toBeNull();
  });
});
