import { fetchThread, download, MAX_UNPACKED_BYTES, type Mailbox, search } from '../archive/archive.js';
import type { Http } from '../http/types.js';
import { imapName } from '../imap/place.js';
import type { Source } from './kinds.js';
import { DEFAULT_LIMITS, type Limits } from './raw.js';
import { once, readSource, type SourceBytes, type SourceIo } from './source.js';

/** What sources outside of the file system are read with. */
export interface SourceWorld {
  readonly io: SourceIo;
  readonly http: Http;
  /** The inbox that message-ids are looked up in. */
  readonly archive: URL;
  /** Sent as User-Agent. */
  readonly agent: string;
  /** For pull requests. */
  readonly token: string | null;
  readonly fetch: typeof fetch;
  /** For mailboxes of accounts. */
  readonly password: string | null;
}

/** Opens a source of any kind. Sources on the web are fetched here; of the others nothing is read before a part's chunks are. */
export async function openSource(source: Source, world: SourceWorld): Promise<SourceBytes> {
  switch (source.kind) {
    case 'path':
      return readSource(source.path, world.io);
    case 'message':
      return onePart(await fetchThread(world.http, source.list ?? world.archive, source.id));
    case 'search':
      return onePart(await search(world.http, source.list, source.query));
    case 'download':
      return onePart(await download(world.http, source.url));
    case 'inbox':
      return fault(`${source.url.href} is a whole inbox: name a message, a search (?q=…), or ingest it`);
    case 'pull-request': {
      const { readPullRequest } = await import('../commits/pull-request.js');
      const { agent, token, fetch } = world;
      const read = await readPullRequest(source.at, { agent, token, fetch });
      return read.ok ? mailParts(sourceName(source), read.mails, read.notes) : fault(read.why);
    }
    case 'mailbox': {
      const { collect } = await import('../imap/collect.js');
      return collect(source.at, world.password);
    }
    case 'commits': {
      const { readCommits } = await import('../commits/range.js');
      const read = await readCommits(source.repo, source.choice);
      return read.ok ? mailParts(read.name, read.mails, read.notes) : fault(read.why);
    }
  }
}

/** What to call a source in a report: as the user would name it again. */
export function sourceName(source: Source): string {
  switch (source.kind) {
    case 'path':
      return source.path;
    case 'message':
      return source.list === null
        ? `<${source.id}>`
        : new URL(`${encodeURIComponent(source.id).replaceAll('%40', '@')}/`, source.list).href;
    case 'search':
      return `${source.list.href}?q=${encodeURIComponent(source.query)}`;
    case 'download':
    case 'inbox':
      return source.url.href;
    case 'pull-request':
      return `${source.at.origin}/${source.at.owner}/${source.at.repo}/pull/${String(source.at.number)}`;
    case 'mailbox':
      return imapName(source.at);
    case 'commits':
      return `${source.repo} ${source.choice.kind === 'range' ? source.choice.range : source.choice.branch}`;
  }
}

/** What is taken from a source: less from hosts on the web than from a disk. */
export const limitsOf = (source: Source): Limits =>
  source.kind === 'path' ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, sourceBytes: MAX_UNPACKED_BYTES };

const fault = (why: string): SourceBytes => ({ parts: [], faults: [why] });

const onePart = (box: Mailbox): SourceBytes =>
  box.ok ? { parts: [{ name: box.name, chunks: once(box.bytes), maildir: false }], faults: [] } : fault(box.why);

/** Each is one mail, whatever it looks like. */
const mailParts = (name: string, mails: readonly Buffer[], notes: readonly string[]): SourceBytes => ({
  parts: mails.map((mail, i) => ({ name: `${name}, mail ${String(i + 1)}`, chunks: once(mail), maildir: true })),
  faults: notes,
});
