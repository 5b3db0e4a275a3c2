import type Database from 'better-sqlite3';
import { Assembler, type TiedMail } from './assembler.js';
import { AssemblyThread } from './assembly-thread.js';
import type { CachedMail, MailCache } from './cache.js';
import type { SeriesRow, ThreadRows } from './thread-rows.js';
import type { Threads } from './threads.js';
import { transaction } from './transaction.js';

/** Threads that are assembled in one go. */
const AT_ONCE = 512;
/** Decoded mails that the other thread holds, in bytes of the raw ones. */
const CACHE_BYTES = 16 << 20;

/**
 * Makes series of the threads that changed. What is stored depends on the mails alone, not on when they came: each thread is assembled from
 * all its mails. What a kill leaves stale is done the next time.
 */
export class SeriesWriter {
  readonly #assembler: Assembler;
  readonly #sql: ReturnType<typeof statements>;
  #beside: AssemblyThread | null = null;
  #pending: Promise<readonly ThreadRows[]> | null = null;

  constructor(
    private readonly db: Database,
    cache: MailCache,
    private readonly threads: Threads,
  ) {
    this.#assembler = new Assembler(db, cache);
    this.#sql = statements(db);
  }

  /** Assembles until no thread is stale; how many were. */
  async assembleStale(): Promise<number> {
    let done = await this.collect();
    for (;;) {
      await this.#bringTogether();
      const stale = this.#sql.stale.all(AT_ONCE);
      if (stale.length === 0) return done;
      this.threads.forgetChanges();
      const rows: ThreadRows[] = [];
      for (const thread of stale) rows.push(await this.#assembler.rowsOf(thread));
      done += this.#store(rows);
    }
  }

  /**
   * The same on another thread, while the caller reads on. What was begun before is stored first; how many threads that were. `fresh`: mails
   * just stored, which need not be decoded there once more.
   */
  async assembleBeside(fresh: readonly CachedMail[]): Promise<number> {
    const done = await this.collect();
    await this.#bringTogether();
    const stale = this.#sql.stale.all(-1);
    if (stale.length === 0) return done;
    this.threads.forgetChanges();
    this.#beside ??= new AssemblyThread(this.db.name, CACHE_BYTES);
    // Where the other thread fails, for want of memory or of its file, the threads stay stale and are assembled here in the end.
    this.#pending = this.#beside.assemble({ threads: stale, fresh }).catch(() => []);
    return done;
  }

  /** Stores what was assembled beside. */
  async collect(): Promise<number> {
    const pending = this.#pending;
    this.#pending = null;
    return pending === null ? 0 : this.#store(await pending);
  }

  async close(): Promise<void> {
    await this.#beside?.close();
    this.#beside = null;
  }

  /** Threads that a mail has left are taken apart, and what still hangs together is tied again. */
  async #bringTogether(): Promise<void> {
    for (const thread of this.#sql.loose.all()) {
      const mails = await this.#assembler.tiesOf(thread);
      transaction(this.db, () => {
        this.#tie(thread, mails);
      });
    }
  }

  #tie(thread: number, mails: readonly TiedMail[]): void {
    this.#sql.untie.run(thread);
    this.#sql.unname.run(thread);
    this.threads.forget(thread);
    for (const { id, links, sent } of mails) this.#sql.tie.run(this.threads.attach(links, sent), id);
  }

  #store(rows: readonly ThreadRows[]): number {
    // Threads that changed since they were read are still stale, or are gone.
    const current = rows.filter(({ thread }) => !this.threads.hasChanged(thread));
    transaction(this.db, () => {
      for (const entry of current) this.#storeThread(entry);
    });
    return current.length;
  }

  #storeThread({ thread, series, proposals, problems }: ThreadRows): void {
    const { addProblem, addProposal, fresh } = this.#sql;
    this.threads.clear(thread);
    for (const entry of series) this.#storeSeries(thread, entry);
    for (const { messageId, ordinal, about } of proposals) addProposal.run(thread, messageId, ordinal, about);
    for (const { messageId, subject, why } of problems) addProblem.run(thread, null, messageId, subject, why);
    fresh.run(thread);
  }

  #storeSeries(thread: number, series: SeriesRow): void {
    const { messageId, title, version, prefixes, sender, sent, cover, total, repeats } = series;
    const { addSeries, addPatch, addProblem } = this.#sql;
    const added = addSeries.run(thread, messageId, title, version, JSON.stringify(prefixes), sender, sent, cover, total, repeats);
    const id = Number(added.lastInsertRowid);
    for (const patch of series.patches) addPatch.run(id, patch.number, patch.messageId, patch.title, patch.quotedBy, patch.earlier);
    for (const why of series.problems) addProblem.run(thread, id, null, '', why);
  }
}

const statements = (db: Database) => ({
  stale: db.prepare<[number], number>('SELECT id FROM thread WHERE stale = 1 ORDER BY id LIMIT ?').pluck(),
  loose: db.prepare<[], number>('SELECT id FROM thread WHERE stale = 2 ORDER BY id').pluck(),
  fresh: db.prepare<[number]>('UPDATE thread SET stale = 0 WHERE id = ?'),
  untie: db.prepare<[number]>('UPDATE mail SET thread = 0 WHERE thread = ?'),
  unname: db.prepare<[number]>('DELETE FROM name WHERE thread = ?'),
  tie: db.prepare<[number, number]>('UPDATE mail SET thread = ? WHERE id = ?'),
  addSeries: db.prepare<[number, string, string, number, string, string, number | null, string | null, number, string | null]>(
    'INSERT INTO series (thread, message_id, title, version, prefixes, sender, sent, cover, total, repeats) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ),
  addPatch: db.prepare<[number, number, string, string, string | null, number | null]>(
    'INSERT INTO patch VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  ),
  addProposal: db.prepare<[number, string, number, string | null]>('INSERT INTO proposal VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'),
  addProblem: db.prepare<[number, number | null, string | null, string, string]>('INSERT INTO problem VALUES (?, ?, ?, ?, ?)'),
});
