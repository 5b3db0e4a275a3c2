import { type Assembly, sentMails, type Series } from '../series/types.js';
import { LONGEST_LINE } from './mail-rows.js';

/** A series as the store has it. Plain values: they go from one thread of the program to another. */
export interface SeriesRow {
  /** Of the cover letter, else of the first patch. */
  readonly messageId: string;
  readonly title: string;
  readonly version: number;
  readonly prefixes: readonly string[];
  readonly sender: string;
  /** Milliseconds since 1970 of its first mail; null where no mail of it says. */
  readonly sent: number | null;
  /** Message-ID of the cover letter. */
  readonly cover: string | null;
  readonly total: number;
  /** Message-ID of the series that it repeats word by word. */
  readonly repeats: string | null;
  readonly patches: readonly PatchRow[];
  /** What is missing or odd, each a sentence. */
  readonly problems: readonly string[];
}

export interface PatchRow {
  readonly number: number;
  readonly messageId: string;
  readonly title: string;
  /** The reply whose quote it was put together from. */
  readonly quotedBy: string | null;
  /** The version that it is of, where it was not sent again with this one. */
  readonly earlier: number | null;
}

/** A mail that gives nothing to review, or a piece of a source that is no mail. */
export interface ProblemRow {
  readonly messageId: string | null;
  readonly subject: string;
  readonly why: string;
}

/** What the store keeps of an assembled thread, without the diffs. */
export interface ThreadRows {
  readonly thread: number;
  readonly series: readonly SeriesRow[];
  readonly proposals: readonly { readonly messageId: string; readonly ordinal: number; readonly about: string | null }[];
  readonly problems: readonly ProblemRow[];
}

export function rowsOf(thread: number, { series, pasted, rejected }: Assembly): ThreadRows {
  return {
    thread,
    series: series.flatMap((entry) => seriesRows(entry)),
    proposals: pasted.map(({ mail, ordinal, about }) => ({ messageId: mail.messageId, ordinal, about: about?.messageId ?? null })),
    problems: rejected.map(({ messageId, subject, why }) => ({ messageId, subject: cut(subject), why })),
  };
}

/** A thread of which nothing can be made, and why. */
export const refusedRows = (thread: number, why: string): ThreadRows => ({
  thread,
  series: [],
  proposals: [],
  problems: [{ messageId: null, subject: '', why }],
});

function seriesRows(series: Series): readonly SeriesRow[] {
  const { title, version, prefixes, total, cover, repeats, problems } = series;
  const mails = sentMails(series);
  const [first] = mails;
  if (first === undefined) return [];
  const dates = mails.flatMap((mail) => mail.date ?? []);
  const patches = series.patches.map(({ mail, index, title: name, via }) => ({
    number: index,
    messageId: mail.messageId,
    title: cut(name),
    quotedBy: via.kind === 'quoted' ? via.quotedBy : null,
    earlier: via.kind === 'earlier' ? via.version : null,
  }));
  return [
    {
      messageId: first.messageId,
      title: cut(title),
      version,
      prefixes,
      sender: cut(first.from),
      sent: dates.length === 0 ? null : dates.reduce((a, b) => Math.min(a, b)),
      cover: cover?.messageId ?? null,
      total,
      repeats,
      patches,
      problems,
    },
  ];
}

const cut = (text: string): string => text.slice(0, LONGEST_LINE);
