import { describe, expect, it } from 'vitest';
import { readKinds } from './kinds.js';

describe('tables of kinds', () => {
  it('knows the words of the suites', () => {
    const { expected, faults } = readKinds('a\tAllow\nb Forbidden\nc\t\tRequired\n\n# note\nd Sometimes\ne Never\nf Always\ng Order\n');
    expect(faults).toEqual([]);
    expect([...expected]).toEqual([
      ['a', 'allowed'],
      ['b', 'forbidden'],
      ['c', 'required'],
      ['d', 'allowed'],
      ['e', 'forbidden'],
      ['f', 'required'],
      ['g', null],
    ]);
  });

  it('says where a line is wrong, and reads the others', () => {
    const { expected, faults } = readKinds('a Allow\nlonely\nb  Perhaps\nc constructor\nd Never\r\n');
    expect([...expected.keys()]).toEqual(['a', 'd']);
    expect(faults.map(({ line, column, found }) => [line, column, found])).toEqual([
      [2, 1, 'lonely'],
      [3, 4, 'Perhaps'],
      [4, 3, 'constructor'],
    ]);
  });
});
