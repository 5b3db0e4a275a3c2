import { resolve } from 'node:path';
import type { Feed, MailEvent } from './feed.js';
import { asMail, DEFAULT_LIMITS, rawMails } from './raw.js';
import { nodeIo, type SourceIo } from './source.js';

/** A mailbox may be as large as an archive: it is read in pieces, and each mail stored before the next. */
const LIMITS = { ...DEFAULT_LIMITS, sourceBytes: Number.POSITIVE_INFINITY };

/** The mails of an mbox, mail, patch, Maildir, folder, or `-`. They have no order to go on from: all are read each time, and known ones passed over. */
export function filesFeed(path: string, io: SourceIo = nodeIo): Feed {
  return {
    name: path === '-' ? 'standard input' : resolve(path),
    events: async function* (): AsyncGenerator<MailEvent> {
      for await (const entry of rawMails(path, io, LIMITS)) {
        if (entry.kind === 'refused') yield { kind: 'refused', part: '', subject: entry.subject, why: entry.why };
        else yield { kind: 'mail', part: '', raw: entry.kind === 'mail' ? entry.raw : asMail(entry.name, entry.raw) };
      }
    },
  };
}
