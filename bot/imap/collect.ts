import { FeedError } from '../ingest/feed.js';
import { DEFAULT_LIMITS } from '../ingest/raw.js';
import { once, type SourceBytes, type SourcePart } from '../ingest/source.js';
import { imapFeed } from './feed.js';
import { imapName, type ImapPlace } from './place.js';

/** All that a review looks at is in memory: a mailbox that holds more is for `faultline ingest`. */
const MAX_BYTES = 256 << 20;

const NO_PASSWORD = 'set FAULTLINE_IMAP_PASSWORD to the password of the account';

/** The mails of a mailbox, all at once. */
export async function collect(place: ImapPlace, password: string | null): Promise<SourceBytes> {
  const name = imapName(place);
  if (password === null) return { parts: [], faults: [`${name}: ${NO_PASSWORD}`] };
  const parts: SourcePart[] = [];
  const faults: string[] = [];
  let bytes = 0;
  try {
    for await (const event of imapFeed(place, { password, mailBytes: DEFAULT_LIMITS.mailBytes }).events(new Map())) {
      if (event.kind === 'refused') faults.push(`${name}: ${event.why}`);
      if (event.kind !== 'mail') continue;
      bytes += event.raw.length;
      if (bytes > MAX_BYTES) {
        faults.push(`${name}: more than ${String(MAX_BYTES >> 20)} MiB; the rest is not read: ingest it, and review by message-id`);
        break;
      }
      parts.push({ name: `${name}, mail ${String(parts.length + 1)}`, chunks: once(event.raw), maildir: true });
    }
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    faults.push(error.message);
  }
  if (parts.length === 0 && faults.length === 0) faults.push(`${name}: the mailbox holds no mail`);
  return { parts, faults };
}
