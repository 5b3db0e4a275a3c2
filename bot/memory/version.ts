import { diffPrint } from '../series/fingerprint.js';
import { addressOf } from '../series/subject.js';
import type { Mail, Series } from '../series/types.js';

/** One version of a series, as far as it takes to know its other versions. */
export interface VersionFacts {
  /** Of the first patch that was sent with this version. */
  readonly messageId: string;
  readonly title: string;
  readonly version: number;
  /** Address, lower case. */
  readonly author: string;
  readonly changeId: string | null;
  /** Milliseconds since 1970 of its newest mail; null where none says. */
  readonly sent: number | null;
  /** What each of its patches changes, without blanks and place. */
  readonly prints: readonly string[];
}

/** What ties two versions to each other, strongest first. */
export type Link = 'change-id' | 'subject' | 'patch-id';

/** Null where no patch was sent: there is nothing to tell versions by. */
export function versionFacts(series: Series): VersionFacts | null {
  const sent = series.patches.filter((patch) => patch.via.kind !== 'earlier');
  const first = sent[0];
  if (first === undefined) return null;
  const mails: readonly Mail[] = [...(series.cover ? [series.cover] : []), ...sent.map((patch) => patch.mail)];
  const dates = mails.map((mail) => mail.date).filter((date) => date !== null);
  return {
    messageId: first.mail.messageId,
    title: series.title,
    version: series.version,
    author: addressOf((series.cover ?? first.mail).from),
    changeId: series.stated.changeId,
    sent: dates.length === 0 ? null : Math.max(...dates),
    prints: series.patches.map((patch) => diffPrint(patch.diff)),
  };
}

/** Titles are equal but for case, blanks and marks: people mend those between versions. */
export const titleKey = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** What ties two versions of one series to each other; null where they are of two series, or one and the same. */
export function linkOf(a: VersionFacts, b: VersionFacts): Link | null {
  if (a.messageId === b.messageId) return null;
  if (a.changeId !== null && b.changeId !== null) return a.changeId === b.changeId ? 'change-id' : null;
  const title = titleKey(a.title);
  if (a.author !== '' && a.author === b.author && title !== '' && title === titleKey(b.title)) return 'subject';
  const known = new Set(b.prints);
  const shared = new Set(a.prints.filter((print) => known.has(print))).size;
  return shared > 0 && 2 * shared >= Math.min(new Set(a.prints).size, known.size) ? 'patch-id' : null;
}

/** Whether `a` came before `b`: by version, and where that is the same (commits made anew, a series sent again) by time. */
export function isEarlier(a: VersionFacts, b: VersionFacts): boolean {
  return a.version === b.version ? (a.sent ?? 0) < (b.sent ?? 0) : a.version < b.version;
}
