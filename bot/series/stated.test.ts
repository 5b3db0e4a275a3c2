import { describe, expect, it } from 'vitest';
import { statedIn } from './stated.js';
import { mail } from './testing/mail.js';

const stated = (...lines: readonly string[]): ReturnType<typeof statedIn> => statedIn([mail({ subject: 'x', body: lines.join('\n') })]);

describe('statedIn', () => {
  it('reads what b4 and git write', () => {
    expect(
      stated(
        '---',
        'base-commit: 0123456789abcdef0123456789abcdef01234567',
        'change-id: 20240301-flush-first-0a1b2c3d4e5f',
        'prerequisite-change-id: 20240201-walk-aabbccddeeff:v4',
        'prerequisite-change-id: 20240202-map-aabbccddeeff',
        'prerequisite-message-id: <p-1@kernel.invalid>',
        'prerequisite-patch-id: 0123456789ABCDEF0123456789abcdef01234567',
        'Depends-on: <p-1@kernel.invalid>',
      ),
    ).toEqual({
      changeId: '20240301-flush-first-0a1b2c3d4e5f',
      prerequisites: [
        { kind: 'change-id', id: '20240201-walk-aabbccddeeff', version: 4 },
        { kind: 'change-id', id: '20240202-map-aabbccddeeff', version: null },
        { kind: 'message-id', id: 'p-1@kernel.invalid' },
        { kind: 'patch-id', id: '0123456789abcdef0123456789abcdef01234567' },
      ],
    });
  });

  it.each([
    ['> change-id: 20240301-x-0a1b2c3d4e5f'],
    ['Change-Id: I0123456789abcdef0123456789abcdef01234567'],
    ['prerequisite-patch-id: 0123'],
    ['prerequisite-message-id: nonsense'],
    ['Depends-on: the other series'],
    ['Depends-on: https://kernel.invalid/x@y'],
    [`prerequisite-message-id: ${'a'.repeat(2000)}@b`],
  ])('%s', (line) => {
    expect(stated(line)).toEqual({ changeId: null, prerequisites: [] });
  });
});
