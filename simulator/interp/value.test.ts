import { describe, expect, it } from 'vitest';
import { int, ONE, ptr, showValue, truthOf, type Value, valueKey, ZERO } from './value.js';

const MAX = 0xffff_ffff_ffff_ffffn;

describe('values', () => {
  const values: readonly Value[] = [
    ZERO,
    ONE,
    int(-1),
    ptr('a'),
    ptr('a', '[0]'),
    ptr('a', '.x'),
    { k: 'fn', name: 'a' },
    { k: 'str', v: 'a' },
    { k: 'unknown', key: 'a' },
  ];

  it('have keys of their own', () => {
    expect(new Set(values.map(valueKey)).size).toBe(values.length);
    expect(valueKey(int(-1))).toBe(valueKey(int(MAX)));
  });

  it('are true, false or not known', () => {
    expect(values.map(truthOf)).toEqual([false, true, true, true, true, true, true, true, null]);
  });

  it('show as a reader wants them', () => {
    expect(values.map(showValue)).toEqual(['0', '1', '~0', '&a', '&a[0]', '&a.x', 'a', 'a', 'unknown (a)']);
    expect(showValue(int(4096))).toBe('0x1000');
  });
});
