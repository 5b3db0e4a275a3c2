import { type FetchMessageObject, ImapFlow } from 'imapflow';
import { imapName, type ImapPlace } from './place.js';
import { type Feed, FeedError, type MailEvent } from '../ingest/feed.js';

export interface ImapOptions {
  readonly password: string;
  /** Bytes of one mail; larger ones are refused unread. */
  readonly mailBytes: number;
}

const PATIENCE_MS = 60_000;
/** Mails that are asked for at once. */
const BATCH = 50;
const BATCH_BYTES = 32 << 20;

/**
 * The mails of a mailbox, by UID. The mailbox is opened to be read only: nothing is marked as seen. The position is the mailbox's UIDVALIDITY and
 * the last UID that was read (RFC 9051, section "Unique Identifier (UID) Message Attribute"): when the former changes, UIDs mean other mails, and
 * all are read again; the store knows those that it has. Mails that somebody deletes stay there: a mailbox is no archive that takes back what it said.
 */
export function imapFeed(place: ImapPlace, options: ImapOptions): Feed {
  return {
    name: imapName(place),
    events: (positions) => read(place, options, positions.get('') ?? null),
  };
}

async function* read(place: ImapPlace, { password, mailBytes }: ImapOptions, position: string | null): AsyncGenerator<MailEvent> {
  const client = clientOf(place, password, mailBytes);
  try {
    await client.connect();
    const box = await client.mailboxOpen(place.mailbox, { readOnly: true });
    const [validity, last] = (position ?? '').split(' ');
    const same = validity === String(box.uidValidity);
    const from = same ? Number(last) + 1 : 1;
    if (box.exists > 0) {
      for (const batch of batchesOf(await list(client, from), mailBytes)) {
        if (batch.kind === 'refused') yield batch.event;
        else {
          const mails = await client.fetchAll(batch.uids.join(','), { uid: true, source: true }, { uid: true });
          for (const { source } of mails.sort(byUid)) if (source !== undefined) yield { kind: 'mail', part: '', raw: source };
        }
        yield { kind: 'position', part: '', position: `${String(box.uidValidity)} ${String(batch.last)}` };
      }
    }
    await client.logout();
  } catch (error) {
    throw error instanceof FeedError ? error : new FeedError(`${imapName(place)}: ${trouble(error, place)}`);
  } finally {
    client.close();
  }
}

const byUid = (a: FetchMessageObject, b: FetchMessageObject): number => a.uid - b.uid;

/** UIDs and sizes from `from` on, in order. */
async function list(client: ImapFlow, from: number): Promise<FetchMessageObject[]> {
  const found = await client.fetchAll(`${String(from)}:*`, { uid: true, size: true }, { uid: true });
  // `n:*` names the last mail even where its UID is below n.
  return found.filter(({ uid }) => uid >= from).sort(byUid);
}

type Batch =
  | { readonly kind: 'mails'; readonly uids: readonly number[]; readonly last: number }
  | { readonly kind: 'refused'; readonly event: MailEvent; readonly last: number };

/** Few mails, and few bytes, at a time. */
function* batchesOf(listed: readonly FetchMessageObject[], mailBytes: number): Generator<Batch> {
  let uids: number[] = [];
  let bytes = 0;
  const flush = function* (): Generator<Batch> {
    if (uids.length > 0) yield { kind: 'mails', uids, last: uids.at(-1) ?? 0 };
    uids = [];
    bytes = 0;
  };
  for (const { uid, size = 0 } of listed) {
    if (size > mailBytes) {
      yield* flush();
      const why = `the mail with UID ${String(uid)} has ${String(Math.ceil(size / 2 ** 20))} MiB, which is more than the limit of ${String(mailBytes >> 20)} MiB`;
      yield { kind: 'refused', event: { kind: 'refused', part: '', subject: '', why }, last: uid };
      continue;
    }
    if (uids.length >= BATCH || bytes + size > BATCH_BYTES) yield* flush();
    uids.push(uid);
    bytes += size;
  }
  yield* flush();
}

function clientOf({ host, port, secure, user }: ImapPlace, password: string, mailBytes: number): ImapFlow {
  const client = new ImapFlow({
    host,
    port,
    secure,
    auth: { user, pass: password },
    // A password goes in the clear to nobody but this machine.
    ...(secure ? {} : { doSTARTTLS: !isLoopback(host) }),
    clientInfo: { name: 'faultline' },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    maxLineLength: 1 << 20,
    maxLiteralSize: 2 * mailBytes,
    maxResponseSize: 3 * mailBytes,
  });
  // What breaks a command rejects that; what breaks the connection between two is told by the next.
  client.on('error', () => undefined);
  return client;
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);

function trouble(error: unknown, { user, host }: ImapPlace): string {
  if (!(error instanceof Error)) return String(error);
  const fields = error as Error & {
    readonly code?: unknown;
    readonly authenticationFailed?: unknown;
    readonly responseText?: unknown;
  };
  if (fields.authenticationFailed === true)
    return `the server does not let ${user} in; check the name, and the password in FAULTLINE_IMAP_PASSWORD`;
  if (fields.code === 'ECONNREFUSED') return `nobody answers at ${host}`;
  if (fields.code === 'ENOTFOUND') return `there is no host ${host}, or no network`;
  return typeof fields.responseText === 'string' && fields.responseText !== '' ? fields.responseText : error.message;
}
