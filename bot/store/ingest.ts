import type Database from 'better-sqlite3';
import { type Feed, FeedError } from '../ingest/feed.js';
import { BatchBuilder } from './batch.js';
import { MailCache } from './cache.js';
import { SeriesWriter } from './series.js';
import { Threads } from './threads.js';
import { Writer } from './writer.js';

/** What one reading of a source brought. */
export interface Ingested {
  readonly added: number;
  readonly known: number;
  readonly removed: number;
  /** Threads that were assembled, each as often as it changed. */
  readonly threads: number;
  /** What the user should know: refused parts, rewritten histories. */
  readonly notes: readonly string[];
  /** Why the source could not be read to its end, or null. */
  readonly trouble: string | null;
}

/** Decoded mails held for the threads that they belong to. */
const CACHE_BYTES = 8 << 20;
/** Batches of so many mails keep another thread busy; fewer are done before it has started. */
const MANY = 512;
/** Notes beyond these are counted only; the store has them all. */
const MAX_NOTES = 20;

/** Reads a source into a store, from where it was left. What was stored before an error stays, and the next call goes on behind it. */
export async function ingest(db: Database, feed: Feed, progress: (mails: number) => void = () => undefined): Promise<Ingested> {
  const cache = new MailCache(CACHE_BYTES);
  const threads = new Threads(db);
  const writer = new Writer(db, cache, threads, feed.name);
  const series = new SeriesWriter(db, cache, threads);
  const builder = new BatchBuilder(writer.known);
  const total = { added: 0, known: 0, removed: 0, threads: 0 };
  const notes: string[] = [];
  let more = 0;
  let trouble: string | null = null;
  const flush = async (): Promise<void> => {
    if (builder.empty) return;
    const batch = await builder.take();
    const { added, known, removed, mails } = writer.write(batch);
    total.added += added;
    total.known += known;
    total.removed += removed;
    total.threads += await (batch.mails >= MANY ? series.assembleBeside(mails) : series.assembleStale());
    progress(total.added + total.known);
  };
  // What an earlier process did not come to.
  total.threads += await series.assembleStale();
  try {
    try {
      for await (const event of feed.events(writer.positions())) {
        if (event.kind === 'refused' || event.kind === 'again') {
          if (notes.length < MAX_NOTES) notes.push(event.why);
          else more++;
        }
        await builder.add(event);
        if (builder.full) await flush();
      }
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      trouble = error.message;
    }
    await flush();
    total.threads += await series.assembleStale();
  } finally {
    await series.close();
  }
  if (more > 0) notes.push(`and ${more} more`);
  return { ...total, notes, trouble };
}
