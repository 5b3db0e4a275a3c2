import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Http } from '../../http/types.js';
import { Git } from '../../tree/git.js';
import { type Feed, FeedError, type MailEvent, type Positions } from '../feed.js';
import { DEFAULT_LIMITS } from '../raw.js';
import { fetchMirror, MIRROR_REF } from './git.js';
import { epochFolders, type InboxPlace } from './place.js';
import { readManifest, type ServedEpoch } from './manifest.js';
import { walk } from './walk.js';

export interface InboxOptions {
  /** Where mirrors of remote inboxes are kept. */
  readonly mirrors: string;
  readonly http: Http;
}

/** An epoch that can be read now. */
interface Epoch {
  readonly number: number;
  readonly gitDir: string;
  /** What to read up to. */
  readonly head: string;
}

const MANIFEST_BYTES = 4 << 20;

/** Rounds that look for epochs begun meanwhile. */
const MAX_ROUNDS = 1000;

/** The mails of a public-inbox, epoch by epoch. Those of a server are mirrored first, beside the store. */
export function inboxFeed(at: InboxPlace, options: InboxOptions): Feed {
  return {
    name: at.kind === 'folder' ? at.path : at.url,
    events: async function* (positions: Positions): AsyncGenerator<MailEvent> {
      const read = new Map(positions);
      // An epoch may begin, and the last one grow, while others are read.
      for (let round = 0; round < MAX_ROUNDS; round++) {
        let news = false;
        for (const epoch of await epochsOf(at, options)) {
          const gitDir = await epoch.open();
          const head = await headOf(gitDir);
          const part = String(epoch.number);
          if (head === null || head === read.get(part)) continue;
          news = true;
          yield* readEpoch({ number: epoch.number, gitDir, head }, read.get(part) ?? null);
          read.set(part, head);
        }
        if (!news) return;
      }
    },
  };
}

async function* readEpoch({ number, gitDir, head }: Epoch, last: string | null): AsyncGenerator<MailEvent> {
  const part = String(number);
  const after = last !== null && (await isAncestor(gitDir, last, head)) ? last : null;
  if (last !== null && after === null) {
    const why = `the history of epoch ${part} was rewritten: commit ${last.slice(0, 12)}, up to which it was read, is not in it any more; it is read again from its beginning`;
    yield { kind: 'again', part, why };
  }
  for await (const { commit, kind, raw, bytes } of walk(gitDir, head, after, DEFAULT_LIMITS.mailBytes)) {
    // A mail that was purged is left as an empty file.
    if (bytes === 0) continue;
    if (raw !== null) yield { kind, part, raw };
    else if (kind === 'mail') {
      const why = `commit ${commit.slice(0, 12)} of epoch ${part}: a mail of ${Math.round(bytes / 2 ** 20)} MiB is larger than the limit and was not read`;
      yield { kind: 'refused', part, subject: '', why };
    }
    yield { kind: 'position', part, position: commit };
  }
  yield { kind: 'position', part, position: head };
  yield { kind: 'end', part };
}

/** What the server's manifest said of a mirror when it was fetched: epochs that are full never change. */
const FINGERPRINT = 'faultline-fingerprint';

function fingerprintOf(folder: string): string {
  try {
    return readFileSync(join(folder, FINGERPRINT), 'utf8');
  } catch {
    return '';
  }
}

interface FoundEpoch {
  readonly number: number;
  /** Brings it up to date; the folder of its repository. */
  readonly open: () => Promise<string>;
}

async function epochsOf(at: InboxPlace, options: InboxOptions): Promise<readonly FoundEpoch[]> {
  if (at.kind === 'folder') {
    const found = epochFolders(at.path);
    if (found.length === 0) throw new FeedError(`${at.path}: there is no public-inbox any more`);
    return found.map(({ number, path }) => ({ number, open: () => Promise.resolve(path) }));
  }
  const mirror = join(options.mirrors, createHash('sha256').update(at.url).digest('hex').slice(0, 20));
  const folderOf = (number: number): string => join(mirror, `${number}.git`);
  const fetched = (number: number, url: string, fingerprint: string): FoundEpoch => ({
    number,
    open: async () => {
      const folder = folderOf(number);
      if (fingerprint !== '' && fingerprintOf(folder) === fingerprint) return folder;
      const why = await fetchMirror(url, folder);
      if (why !== null) throw new FeedError(`${url}: cannot be fetched (${why})`);
      writeFileSync(join(folder, FINGERPRINT), fingerprint);
      return folder;
    },
  });
  const served = await servedEpochs(at.url, options);
  if (served !== null) return served.map(({ number, path, fingerprint }) => fetched(number, new URL(path, at.url).href, fingerprint));
  return probe(at.url, folderOf);
}

async function servedEpochs(url: string, { http }: InboxOptions): Promise<readonly ServedEpoch[] | null> {
  if (!/^https?:/.test(url)) return null;
  const answer = await http.ask({ url: new URL(`${url}/manifest.js.gz`), maxBytes: MANIFEST_BYTES });
  // A server of git alone has none. One that does not answer will not be asked for its epochs.
  if (!answer.ok && answer.status !== 404) throw new FeedError(`${url}: ${answer.why}`);
  const epochs = answer.ok ? readManifest(answer.body) : null;
  return epochs === null || epochs.length === 0 ? null : epochs;
}

/** Servers without a manifest: `URL/N`, as public-inbox serves epochs, `URL/git/N.git` and `URL/N.git`, as they lie on a disk, or URL itself. */
async function probe(url: string, folderOf: (number: number) => string): Promise<readonly FoundEpoch[]> {
  const forms = [(n: number) => `${url}/git/${n}.git`, (n: number) => `${url}/${n}.git`, (n: number) => `${url}/${n}`];
  const complaints: string[] = [];
  for (const form of forms) {
    const found: FoundEpoch[] = [];
    for (let number = 0; ; number++) {
      const why = await fetchMirror(form(number), folderOf(number));
      if (why !== null) {
        complaints.push(why);
        break;
      }
      found.push({ number, open: () => Promise.resolve(folderOf(number)) });
    }
    if (found.length > 0) return found;
  }
  const why = await fetchMirror(url, folderOf(0));
  if (why === null) return [{ number: 0, open: () => Promise.resolve(folderOf(0)) }];
  throw new FeedError(`${url}: cannot be fetched (${why}${complaints.includes(why) ? '' : `; nor its epochs: ${complaints[0] ?? ''}`})`);
}

/** The commit that an epoch ends in; null where it has no mail yet. */
async function headOf(gitDir: string): Promise<string | null> {
  if (!existsSync(gitDir)) throw new FeedError(`${gitDir}: the epoch is gone`);
  const git = new Git(gitDir);
  // No git, or a repository that it refuses, must not look like an empty epoch.
  const open = await git.ask(['rev-parse', '--git-dir']);
  if (!open.ok) throw new FeedError(`${gitDir}: ${open.why}`);
  return (await git.commit(MIRROR_REF)) ?? (await git.commit('HEAD'));
}

async function isAncestor(gitDir: string, commit: string, head: string): Promise<boolean> {
  const git = new Git(gitDir);
  if ((await git.commit(commit)) === null) return false;
  const base = await git.ask(['merge-base', '--end-of-options', commit, head]);
  return base.ok && base.text === commit;
}
