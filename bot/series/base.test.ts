import { describe, expect, it } from 'vitest';
import { parseDiff } from '../../analyzers/diff/parse.js';
import { baseClues, statedCommit } from './base.js';
import { mail } from './testing/mail.js';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('statedCommit', () => {
  it('finds the trailer behind the signature of whichever mail has it', () => {
    const plain = mail({ subject: '', body: 'text\n-- \n2.43.0\n' });
    expect(statedCommit([plain])).toBeNull();
    expect(statedCommit([plain, mail({ subject: '', body: `text\n-- \n2.43.0\n\nbase-commit: ${COMMIT}\n` })])).toBe(COMMIT);
  });

  it.each(['> base-commit: ', ' base-commit: ', 'base-commit: --upload-pack='])('does not take %j', (start) => {
    expect(statedCommit([mail({ subject: '', body: `${start}${COMMIT}\n` })])).toBeNull();
  });
});

describe('baseClues', () => {
  const change = (path: string, from: string, to: string): string =>
    `diff --git a/${path} b/${path}\nindex ${from}..${to} 100644\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-a\n+b\n`;

  it('takes the blob of each file before the first patch that changes it, and none of files that the series adds', () => {
    const added =
      'diff --git a/mm/new.c b/mm/new.c\nnew file mode 100644\nindex 000000000000..3333333333\n--- /dev/null\n+++ b/mm/new.c\n@@ -0,0 +1 @@\n+a\n';
    const diffs = [
      change('mm/a.c', '1111111111', '2222222222') + added,
      change('mm/a.c', '2222222222', '4444444444') + change('mm/new.c', '3333333333', '5555555555'),
    ];
    const mails = [mail({ subject: '', date: 5 }), mail({ subject: '', date: null }), mail({ subject: '', date: 3 })];
    expect(
      baseClues(
        mails,
        diffs.map((text) => parseDiff(text)),
      ),
    ).toEqual({
      commit: null,
      blobs: [{ path: 'mm/a.c', blob: '1111111111' }],
      paths: ['mm/a.c'],
      date: 5,
    });
  });
});
