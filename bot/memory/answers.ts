import { addressOf } from '../series/subject.js';
import type { Mail } from '../series/types.js';
import type { Answer } from './carry.js';

const LONGEST_TEXT = 240;

/** What the author of a series wrote in answer to our replies, by their message-ids. `ids`: of the findings that were told. */
export function answersOf(mails: readonly Mail[], author: string, replies: ReadonlySet<string>, ids: readonly string[]): readonly Answer[] {
  return mails
    .filter((mail) => addressOf(mail.from) === author && [mail.inReplyTo, ...mail.references].some((id) => id !== null && replies.has(id)))
    .sort((a, b) => (a.date ?? 0) - (b.date ?? 0))
    .map((mail) => ({ messageId: mail.messageId, text: ownWords(mail.body), findings: ids.filter((id) => mentions(mail.body, id)) }));
}

/** Ids stand in the lines that say how to replay a finding; a client may have wrapped them. */
const mentions = (body: string, id: string): boolean => new RegExp(`(?<![0-9a-f])${id}(?![0-9a-f])`).test(body);

/** The first paragraph that quotes nobody. */
function ownWords(body: string): string {
  const words: string[] = [];
  for (const line of body.split('\n')) {
    if (/^-- ?$/.test(line)) break;
    const own = line.trim();
    const quotes = own.startsWith('>') || /\bwrote:$/.test(own) || /^On .{5,100}$/.test(own);
    if (own === '' || quotes) {
      if (words.length > 0) break;
    } else words.push(own);
  }
  const text = words.join(' ');
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 2).trimEnd()} …`;
}
