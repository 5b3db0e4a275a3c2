import { type Assembly, sentMails, type Series } from '../series/types.js';
import { LONGEST_LINE } from './mail-rows.js';

/** What the store keeps of an assembled thread, without the diffs. Plain values: they go from one thread of the program to another. */
export interface ThreadRows {
  readonly thread: number;
  readonly series: readonly SeriesRows[];
  readonly proposals: readonly { readonly messageId: string; readonly ordinal: number; readonly about: string | null }[];
  readonly problems: readonly { readonly messageId: string | null; readonly subject: string; readonly why: string }[];
}

export interface SeriesRows {
  readonly messageId: string;
  readonly title: string;
  readonly version: number;
  readonly prefixes: readonly string[];
  readonly sender: string;
  readonly sent: number | null;
  readonly cover: string | null;
  readonly total: number;
  readonly repeats: string | null;
  readonly patches: readonly PatchRows[];
  readonly problems: readonly string[];
}

export interface PatchRows {
  readonly number: number;
  readonly messageId: string;
  readonly title: string;
  readonly quotedBy: string | null;
  readonly earlier: number | null;
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

function seriesRows(series: Series): readonly SeriesRows[] {
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
