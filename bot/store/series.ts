import type Database from 'better-sqlite3';
import { assemble } from '../series/assemble.js';
import type { Assembly, Series } from '../series/types.js';
import type { MailCache } from './cache.js';
import { type Links, linksOf } from './links.js';
import { LONGEST_LINE } from './mail-rows.js';
import { Packs, type Span } from './packs.js';
import { readMail, type StoredMail } from './read-mail.js';
import { Threads } from './threads.js';
import { transaction } from './transaction.js';

/** Threads that are assembled in one transaction. */
const AT_ONCE = 256;
/** What a thread may weigh to be assembled: mails beyond these are a flood, or somebody's answers to everything. */
const MAX_THREAD_MAILS = 20_000;
const MAX_THREAD_BYTES = 256 << 20;

interface MailRow extends Span {
  readonly id: number;
}

/** What was made of one thread. */
type Outcome = { readonly thread: number } & (
  | { readonly kind: 'assembled'; readonly assembly: Assembly }
  | { readonly kind: 'refused'; readonly why: string }
  /** A mail has left: its mails with what ties them, to be brought together anew. */
  | { readonly kind: 'loose'; readonly mails: readonly LooseMail[] }
);

interface LooseMail {
  readonly id: number;
  readonly links: Links;
  readonly sent: number | null;
}

/**
 * Makes series of the threads that changed. What is stored depends on the mails alone, not on when they came: each thread is assembled from
 * all its mails, in an order of their own. What a kill leaves stale is done the next time.
 */
export class SeriesWriter {
  readonly #packs: Packs;
  readonly #threads: Threads;
  readonly #sql: ReturnType<typeof statements>;

  constructor(
    private readonly db: Database,
    private readonly cache: MailCache,
  ) {
    this.#packs = new Packs(db);
    this.#threads = new Threads(db);
    this.#sql = statements(db);
  }

  /** Assembles until no thread is stale; how many were. */
  async assembleStale(): Promise<number> {
    let done = 0;
    for (;;) {
      const stale = this.#sql.stale.all(AT_ONCE);
      if (stale.length === 0) return done;
      const outcomes: Outcome[] = [];
      for (const { id, stale: how } of stale) outcomes.push(await this.#outcome(id, how === 2));
      transaction(this.db, () => {
        for (const outcome of outcomes) this.#store(outcome);
      });
      done += outcomes.length;
    }
  }

  /** The mails of a thread, in the order that assembly sees them. */
  async mailsOf(thread: number): Promise<readonly StoredMail[]> {
    const found: StoredMail[] = [];
    for (const row of this.#sql.mails.all(thread)) found.push(await this.#read(row));
    return found;
  }

  async #outcome(thread: number, loose: boolean): Promise<Outcome> {
    const rows = this.#sql.mails.all(thread);
    if (loose) {
      const mails: LooseMail[] = [];
      for (const row of rows) {
        const { mail } = await this.#read(row);
        mails.push({ id: row.id, links: linksOf(mail), sent: mail.date });
      }
      return { kind: 'loose', thread, mails };
    }
    const bytes = rows.reduce((sum, row) => sum + row.length, 0);
    if (rows.length > MAX_THREAD_MAILS || bytes > MAX_THREAD_BYTES) {
      const why = `a thread of ${rows.length} mails and ${Math.round(bytes / 2 ** 20)} MiB is too large to be put together (limits: ${MAX_THREAD_MAILS}, ${MAX_THREAD_BYTES >> 20} MiB)`;
      return { kind: 'refused', thread, why };
    }
    const reads: StoredMail[] = [];
    for (const row of rows) reads.push(await this.#read(row));
    const assembly = assemble(reads.flatMap((read) => (read.kind === 'mail' ? [read.mail] : [])));
    const unreadable = reads.flatMap((read) =>
      read.kind === 'unreadable' ? [{ messageId: read.mail.messageId, subject: read.mail.subject, why: read.why }] : [],
    );
    return { kind: 'assembled', thread, assembly: { ...assembly, rejected: [...unreadable, ...assembly.rejected] } };
  }

  async #read(row: MailRow): Promise<StoredMail> {
    const held = this.cache.get(row.id);
    if (held !== undefined) return held;
    const read = await readMail(Buffer.from(this.#packs.read(row)));
    this.cache.put(row.id, read, row.length);
    return read;
  }

  #store(outcome: Outcome): void {
    const { thread } = outcome;
    this.#threads.clear(thread);
    switch (outcome.kind) {
      case 'refused':
        this.#sql.addProblem.run(thread, null, null, '', outcome.why);
        break;
      case 'assembled':
        this.#storeAssembly(thread, outcome.assembly);
        break;
      case 'loose':
        this.#bringTogether(thread, outcome.mails);
        return;
    }
    this.#sql.fresh.run(thread);
  }

  #bringTogether(thread: number, mails: readonly LooseMail[]): void {
    this.#sql.untie.run(thread);
    this.#sql.unname.run(thread);
    this.#threads.forget(thread);
    for (const { id, links, sent } of mails) this.#sql.tie.run(this.#threads.attach(links, sent), id);
  }

  #storeAssembly(thread: number, { series, pasted, rejected }: Assembly): void {
    const { addProblem, addProposal } = this.#sql;
    for (const entry of series) this.#storeSeries(thread, entry);
    for (const { mail, ordinal, about } of pasted) addProposal.run(thread, mail.messageId, ordinal, about?.messageId ?? null);
    for (const { messageId, subject, why } of rejected) addProblem.run(thread, null, messageId, subject.slice(0, LONGEST_LINE), why);
  }

  #storeSeries(thread: number, series: Series): void {
    const first = series.cover ?? series.patches[0]?.mail;
    if (first === undefined) return;
    const { title, version, prefixes, total, cover } = series;
    const dates = [cover, ...series.patches.map((patch) => patch.mail)].flatMap((mail) => mail?.date ?? []);
    const sent = dates.length === 0 ? null : dates.reduce((a, b) => Math.min(a, b));
    const added = this.#sql.addSeries.run(
      thread,
      first.messageId,
      title.slice(0, LONGEST_LINE),
      version,
      JSON.stringify(prefixes),
      first.from.slice(0, LONGEST_LINE),
      sent,
      cover?.messageId ?? null,
      total,
      series.repeats,
    );
    const id = Number(added.lastInsertRowid);
    for (const { mail, index, title: name, via } of series.patches) {
      const quotedBy = via.kind === 'quoted' ? via.quotedBy : null;
      const earlier = via.kind === 'earlier' ? via.version : null;
      this.#sql.addPatch.run(id, index, mail.messageId, name.slice(0, LONGEST_LINE), quotedBy, earlier);
    }
    for (const why of series.problems) this.#sql.addProblem.run(thread, id, null, '', why);
  }
}

const statements = (db: Database) => ({
  stale: db.prepare<[number], { id: number; stale: number }>('SELECT id, stale FROM thread WHERE stale <> 0 ORDER BY id LIMIT ?'),
  fresh: db.prepare<[number]>('UPDATE thread SET stale = 0 WHERE id = ?'),
  mails: db.prepare<[number], MailRow>(
    `SELECT mail.id, raw.pack, raw.start, raw.length FROM mail JOIN raw ON raw.id = mail.id
     WHERE mail.thread = ? ORDER BY mail.sent IS NULL, mail.sent, mail.message_id, mail.content`,
  ),
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
