import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { packageRoot } from '../package.js';
import type { Feed } from '../ingest/feed.js';
import type { OutsideSource } from '../ingest/feeds.js';
import type { InboxPlace } from '../ingest/public-inbox/place.js';
import { defaultStoreFile } from '../store/place.js';
import { chosenCommits, type CommitOptions } from './commits.js';
import { complain } from './words.js';
import type { ArchiveOption } from './world.js';

/** What `--store` says. */
export interface StoreOption {
  readonly store?: string;
}

export interface IngestOptions extends StoreOption, ArchiveOption, CommitOptions {
  readonly follow?: true | string;
  readonly rebuild?: true;
}

export const storeFile = ({ store }: StoreOption): string => (store === undefined ? defaultStoreFile() : resolve(store));
export const migrationsFolder = (): string => join(packageRoot(), 'migrations');

const EVERY_SECONDS = 60;

/** `faultline ingest`: reads sources into the store. Returns the exit status: 0 all was read, 1 some of it was not, 2 nothing could be. */
export async function ingestCommand(names: readonly string[], options: IngestOptions): Promise<number> {
  const every = options.follow === undefined ? null : options.follow === true ? EVERY_SECONDS : Number(options.follow);
  if (every !== null && !(every > 0)) return complain(`--follow takes a number of seconds; "${String(options.follow)}" is not one`);
  const commits = chosenCommits(options);
  if (typeof commits === 'string') return complain(commits);
  if (names.length === 0 && commits === null && options.rebuild === undefined)
    return complain('what shall be ingested? Give a mailbox, a message-id, a public-inbox or its address, --repo with --branch, or -');
  const { openStore, storeTrouble } = await import('../store/open.js');
  const file = storeFile(options);
  const feeds: Feed[] = [];
  for (const what of [...names, ...(commits === null ? [] : [commits])]) {
    const opened = typeof what === 'string' ? await openFeed(what, file, options) : await openOutside(what, options);
    if (typeof opened === 'string') return complain(opened);
    feeds.push(opened);
  }
  const store = await openStore({ file, migrations: migrationsFolder(), use: 'ingest' });
  if (!store.ok) return complain(store.why);
  if (store.backup !== null) process.stderr.write(`faultline: the store was upgraded; as it was before, it is ${store.backup}\n`);
  const until = new AbortController();
  const stop = (): void => {
    until.abort();
  };
  if (every !== null) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    let status = 0;
    if (options.rebuild === true) {
      const { rebuild } = await import('../store/rebuild.js');
      const { mails, threads } = await rebuild(store.db);
      process.stdout.write(`${file}: ${mails} mails read again, ${threads} threads assembled\n`);
    }
    do for (const feed of feeds) status = Math.max(status, await ingestOne(store.db, feed));
    while (every !== null && (await pause(every, until.signal)));
    return status;
  } catch (error) {
    return complain(storeTrouble(file, error));
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    store.close();
  }
}

/** The source that a word names, or what is wrong with it. */
async function openFeed(word: string, store: string, options: ArchiveOption): Promise<Feed | string> {
  const { nameSource } = await import('../ingest/kinds.js');
  const { nameInbox } = await import('../ingest/public-inbox/place.js');
  const inbox = async (place: InboxPlace): Promise<Feed | string> => {
    const { inboxFeed } = await import('../ingest/public-inbox/feed.js');
    const { sourceWorld } = await import('./world.js');
    const world = sourceWorld(options);
    if (typeof world === 'string') return world;
    return inboxFeed(place, { mirrors: join(dirname(store), 'mirrors'), http: world.http });
  };
  const local = /^https?:/i.test(word) ? null : nameInbox(word);
  if (local !== null) return local.ok ? inbox(local.place) : local.why;
  const named = nameSource(word, existsSync);
  if (!named.ok) return named.why;
  switch (named.source.kind) {
    case 'path': {
      const { filesFeed } = await import('../ingest/files-feed.js');
      return filesFeed(named.source.path);
    }
    case 'inbox': {
      const named = nameInbox(word);
      return named?.ok === true ? inbox(named.place) : (named?.why ?? word);
    }
    default:
      return openOutside(named.source, options);
  }
}

async function openOutside(source: OutsideSource, options: ArchiveOption): Promise<Feed | string> {
  const { outsideFeed } = await import('../ingest/feeds.js');
  const { sourceWorld } = await import('./world.js');
  const world = sourceWorld(options);
  return typeof world === 'string' ? world : outsideFeed(source, world);
}

async function ingestOne(db: Database, feed: Feed): Promise<0 | 1> {
  const { ingest } = await import('../store/ingest.js');
  let said = Date.now();
  const result = await ingest(db, feed, (mails) => {
    if (!process.stderr.isTTY || Date.now() - said < 1000) return;
    said = Date.now();
    process.stderr.write(`faultline: ${feed.name}: ${mails} mails\n`);
  });
  const { added, known, removed, threads, notes, trouble } = result;
  const parts = [`${added} new`, ...(known > 0 ? [`${known} known`] : []), ...(removed > 0 ? [`${removed} taken back`] : [])];
  process.stdout.write(`${feed.name}: ${parts.join(', ')}; ${threads} ${threads === 1 ? 'thread' : 'threads'} assembled\n`);
  for (const note of notes) process.stderr.write(`faultline: ${note}\n`);
  if (trouble !== null) process.stderr.write(`faultline: ${trouble}\n`);
  // A source of which nothing at all could be read was not read.
  return trouble === null && (notes.length === 0 || added + known > 0) ? 0 : 1;
}

/** Waits. False when it was told to stop. */
function pause(seconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(!signal.aborted);
    }, seconds * 1000);
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
