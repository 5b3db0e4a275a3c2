import { expect, it } from 'vitest';
import { asMails, commitsIn } from './commits.js';
import type { Statement } from './types.js';

const STATED: Statement = { atIssue: [], good: [], violations: [], names: [], files: [], race: '' };
const HASH = '0123456789abcdef0123456789abcdef01234567';

it('finds commits in words', () => {
  expect(commitsIn(`${HASH.slice(0, 12)} (Fixes tag), not 1234 nor deadbeef`)).toEqual([HASH.slice(0, 12)]);
});

it('puts a commit as the mails that announce it, and leaves out what no mail announces', () => {
  const mails = [
    { messageId: 'one@lists.example', body: `The following commit has been merged\n\nCommit-ID:     ${HASH}\nGitweb: x` },
    { messageId: 'two@lists.example', body: `> Commit-ID:     ${HASH}` },
  ];
  const statement = { ...STATED, atIssue: [HASH.slice(0, 12), 'aaaaaaaaaaaa'], good: ['three@lists.example'] };
  expect(asMails(statement, mails)).toEqual({ ...STATED, atIssue: ['one@lists.example'], good: ['three@lists.example'] });
});
