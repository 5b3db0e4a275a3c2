import { describe, expect, it } from 'vitest';
import { statedBase } from './base.js';
import { mail } from './testing/mail.js';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const PATCH_ID = `prerequisite-patch-id: ${'ab'.repeat(20)}`;

describe('statedBase', () => {
  it('finds the trailers behind the signature of whichever mail has them', () => {
    const plain = mail({ subject: '', body: 'text\n-- \n2.43.0\n' });
    expect(statedBase([plain])).toBeNull();
    expect(statedBase([plain, mail({ subject: '', body: `text\n-- \n2.43.0\n\nbase-commit: ${COMMIT}\n` })])).toEqual({
      commit: COMMIT,
      prerequisites: 0,
    });
    expect(
      statedBase([mail({ subject: '', body: `\nbase-commit: ${COMMIT}\n${PATCH_ID}\n${PATCH_ID}\n-- \n2.43.0\n` })])?.prerequisites,
    ).toBe(2);
  });

  it.each(['> base-commit: ', ' base-commit: ', 'base-commit: --upload-pack='])('does not take %j', (start) => {
    expect(statedBase([mail({ subject: '', body: `${start}${COMMIT}\n` })])).toBeNull();
  });
});
