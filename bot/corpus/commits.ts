import type { Mail } from '../series/types.js';
import type { Statement } from './types.js';

/** A commit by its hash, shortened or not. No message-id looks like this: those have an @. */
const HASH = /\b[0-9a-f]{12,40}\b/g;

/** Hashes of commits that a text names. */
export const commitsIn = (text: string): string[] => [...new Set(text.match(HASH) ?? [])];

/** What announces a commit on a list says which one it is (tip-bot, the kernel's -tip tree). */
const COMMIT_ID = /^Commit-ID:\s*([0-9a-f]{40})\s*$/m;

/** A statement with commits put as the mails that announce them; one that no mail announces is left out. */
export function asMails(statement: Statement, mails: readonly Pick<Mail, 'messageId' | 'body'>[]): Statement {
  const announced = mails.flatMap(({ messageId, body }) => {
    const [, commit] = COMMIT_ID.exec(body) ?? [];
    return commit === undefined ? [] : [{ messageId, commit }];
  });
  const resolve = (ids: readonly string[]): string[] =>
    ids.flatMap((id) => {
      if (id.includes('@')) return [id];
      return announced.filter(({ commit }) => commit.startsWith(id)).map(({ messageId }) => messageId);
    });
  return { ...statement, atIssue: resolve(statement.atIssue), good: resolve(statement.good) };
}
