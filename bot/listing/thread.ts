import { statedCommit } from '../series/base.js';
import { type Assembly, type Patch, sentMails, type Series } from '../series/types.js';
import type { ListedPatch, ListedSeries, Listing } from './types.js';

/** All that is known of the series of one thread. */
export function listThread({ series, pasted, rejected }: Assembly): Listing {
  return {
    series: series.map(listed),
    proposals: pasted.map(({ mail, ordinal, about }) => ({
      messageId: mail.messageId,
      subject: mail.subject,
      from: mail.from,
      ordinal,
      about: about?.messageId ?? null,
    })),
    problems: rejected,
  };
}

function listed(series: Series): ListedSeries {
  const { title, version, prefixes, cover, total, repeats, patches, problems, stated } = series;
  const mails = sentMails(series);
  const first = mails[0];
  return {
    messageId: first?.messageId ?? '',
    title,
    version,
    prefixes,
    from: first?.from ?? '',
    sent: first?.date ?? null,
    cover: cover?.messageId ?? null,
    total,
    repeats,
    patches: patches.map(listedPatch),
    problems,
    said: { baseCommit: statedCommit(mails), ...stated },
  };
}

function listedPatch({ index, mail, title, via, trailers }: Patch): ListedPatch {
  return {
    number: index,
    messageId: mail.messageId,
    title,
    quotedBy: via.kind === 'quoted' ? via.quotedBy : null,
    earlier: via.kind === 'earlier' ? via.version : null,
    trailers,
  };
}
