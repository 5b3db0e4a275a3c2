import { describe, expect, it } from 'vitest';
import { notAsked, readAxes } from './axes.js';

describe('axes that a user fixes', () => {
  it('reads names and values', () => {
    expect(readAxes(['FEAT_TTL=true', 'gtse=0', '?mm.flags=0x10'])).toEqual(
      new Map([
        ['FEAT_TTL', 1n],
        ['gtse', 0n],
        ['?mm.flags', 16n],
      ]),
    );
  });

  it.each(['FEAT_TTL', '=1', 'FEAT_TTL=', 'FEAT_TTL=maybe', 'FEAT_TTL=-1', 'a=constructor'])('says what is wrong with %s', (text) => {
    expect(readAxes([text])).toMatch(/^--axis .*expected NAME=VALUE/);
  });

  it('takes a name once, and only one that is asked for', () => {
    expect(readAxes(['a=1', 'a=0'])).toBe('--axis a stands twice');
    expect(notAsked(new Map([['a', 1n]]), ['a', 'b'])).toBeNull();
    expect(notAsked(new Map([['c', 1n]]), ['a', 'b'])).toBe('--axis c: the functions do not ask for it; they ask for a, b');
  });
});
