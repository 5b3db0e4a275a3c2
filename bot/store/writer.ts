import type Database from 'better-sqlite3';
import type { Positions } from '../ingest/feed.js';
import type { Batch, Known, NewMail, Step } from './batch.js';
import type { CachedMail, MailCache } from './cache.js';
import { LONGEST_LINE, MailRows } from './mail-rows.js';
import { Packs, type Span } from './packs.js';
import type { Threads } from './threads.js';
import { transaction } from './transaction.js';

/** What became of the mails of a batch. */
export interface Written {
  readonly added: number;
  /** Known before, from this source or another. */
  readonly known: number;
  readonly removed: number;
  /** Those that were added. */
  readonly mails: readonly CachedMail[];
}

interface Part {
  readonly id: number;
  readonly name: string;
  pass: number;
}

interface Tally {
  added: number;
  known: number;
  removed: number;
  readonly mails: CachedMail[];
}

/** Writes batches of one source: mails, places, threads and positions, in one transaction each. */
export class Writer {
  readonly known: Known;
  readonly #packs: Packs;
  readonly #rows: MailRows;
  readonly #source: number;
  readonly #parts = new Map<string, Part>();
  #erasures: Span[] = [];
  readonly #sql: ReturnType<typeof statements>;

  constructor(
    private readonly db: Database,
    private readonly cache: MailCache,
    private readonly threads: Threads,
    source: string,
  ) {
    this.#packs = new Packs(db);
    this.#rows = new MailRows(db, this.threads);
    this.#sql = statements(db);
    const { placeByHash, mailByContent } = this.#sql;
    this.known = { byHash: (hash) => placeByHash.get(hash), byContent: (content) => mailByContent.get(content) };
    this.#sql.addSource.run(source);
    this.#source = this.#sql.sourceId.get(source) ?? 0;
    for (const { id, name, pass } of this.#sql.parts.all(this.#source)) this.#parts.set(name, { id, name, pass });
  }

  positions(): Positions {
    const rows = this.#sql.parts.all(this.#source);
    return new Map(rows.flatMap(({ name, position }) => (position === null ? [] : [[name, position]])));
  }

  write(batch: Batch): Written {
    return transaction(this.db, () => {
      const tally: Tally = { added: 0, known: 0, removed: 0, mails: [] };
      const packs = batch.packs.map((bytes) => this.#packs.put(bytes));
      const added: number[] = [];
      this.#erasures = [];
      for (const step of batch.steps) this.#step(step, packs, added, tally);
      // Last, when all mails of the new packs are in place: a pack goes with its last mail.
      for (const span of this.#erasures) this.#packs.erase(span);
      return tally;
    });
  }

  #step(step: Step, packs: readonly number[], added: number[], tally: Tally): void {
    const part = this.#part(step.part);
    switch (step.kind) {
      case 'new': {
        const raw = this.#insert(step.mail, packs, tally);
        added.push(raw);
        if (this.#place(step.hash, part, raw)) tally.added++;
        return;
      }
      case 'known':
        this.#place(step.hash, part, typeof step.raw === 'number' ? step.raw : (added[step.raw.added] ?? 0));
        tally.known++;
        return;
      case 'deletion':
        this.#sql.bury.run(this.#source, step.hash, part.id, step.messageId.slice(0, LONGEST_LINE));
        for (const raw of this.#sql.foundInSource.all(this.#source, step.hash, step.content)) {
          this.#sql.leaveSource.run(raw, this.#source);
          if (this.#dropIfGone(raw)) tally.removed++;
        }
        return;
      case 'refused':
        this.#sql.refuse.run(part.id, step.subject.slice(0, LONGEST_LINE), step.why);
        return;
      case 'position':
        this.#sql.position.run(step.position, part.id);
        return;
      case 'again':
        part.pass++;
        this.#sql.again.run(part.pass, part.id);
        this.#sql.exhume.run(part.id);
        return;
      case 'end':
        for (const raw of this.#sql.notSeenAgain.all(part.id, part.pass)) {
          this.#sql.leavePart.run(raw, part.id);
          if (this.#dropIfGone(raw)) tally.removed++;
        }
        return;
    }
  }

  #insert(mail: NewMail, packs: readonly number[], tally: Tally): number {
    const { read, content } = mail;
    const id = Number(this.#sql.addRaw.run(packs[mail.pack] ?? 0, mail.start, mail.length).lastInsertRowid);
    this.#rows.add(id, read, content);
    const cached = { id, read, bytes: mail.length };
    this.cache.put(cached);
    tally.mails.push(cached);
    return id;
  }

  /** Notes where a mail was found. False where the source has taken it back since. */
  #place(hash: Buffer, part: Part, raw: number): boolean {
    const grave = this.#sql.grave.get(this.#source, hash);
    if (grave !== undefined) {
      if (isOlder(part.name, grave.part)) {
        this.#dropIfGone(raw);
        return false;
      }
      this.#sql.unbury.run(this.#source, hash);
    }
    this.#sql.addPlace.run(hash, part.id, raw, part.pass);
    return true;
  }

  #dropIfGone(raw: number): boolean {
    if (this.#sql.placesOf.get(raw) !== undefined) return false;
    const span = this.#sql.span.get(raw);
    const thread = this.#sql.threadOf.get(raw);
    if (span === undefined) return false;
    this.#sql.dropMail.run(raw);
    this.#sql.dropRaw.run(raw);
    this.#erasures.push(span);
    this.cache.drop(raw);
    if (thread !== undefined) this.threads.loosen(thread);
    return true;
  }

  #part(name: string): Part {
    const known = this.#parts.get(name);
    if (known) return known;
    const made = { id: Number(this.#sql.addPart.run(this.#source, name).lastInsertRowid), name, pass: 0 };
    this.#parts.set(name, made);
    return made;
  }
}

/** Epochs are numbered in the order in which they were begun. */
const isOlder = (part: string, than: string): boolean => /^\d+$/.test(part) && /^\d+$/.test(than) && Number(part) < Number(than);

const statements = (db: Database) => ({
  addSource: db.prepare<[string]>('INSERT INTO source (name) VALUES (?) ON CONFLICT DO NOTHING'),
  sourceId: db.prepare<[string], number>('SELECT id FROM source WHERE name = ?').pluck(),
  parts: db.prepare<[number], { id: number; name: string; position: string | null; pass: number }>('SELECT * FROM part WHERE source = ?'),
  addPart: db.prepare<[number, string]>('INSERT INTO part (source, name) VALUES (?, ?)'),
  position: db.prepare<[string, number]>('UPDATE part SET position = ? WHERE id = ?'),
  again: db.prepare<[number, number]>('UPDATE part SET position = NULL, pass = ? WHERE id = ?'),
  placeByHash: db.prepare<[Buffer], number>('SELECT raw FROM place WHERE hash = ? LIMIT 1').pluck(),
  mailByContent: db.prepare<[Buffer], number>('SELECT id FROM mail WHERE content = ?').pluck(),
  addPlace: db.prepare<[Buffer, number, number, number]>(
    'INSERT INTO place VALUES (?, ?, ?, ?) ON CONFLICT (hash, part) DO UPDATE SET raw = excluded.raw, pass = excluded.pass',
  ),
  placesOf: db.prepare<[number], number>('SELECT 1 FROM place WHERE raw = ? LIMIT 1').pluck(),
  foundInSource: db
    .prepare<[number, Buffer, Buffer], number>(
      `SELECT DISTINCT place.raw FROM place JOIN part ON part.id = place.part
       WHERE part.source = ? AND place.hash = ?
       UNION SELECT mail.id FROM mail WHERE content = ?`,
    )
    .pluck(),
  leaveSource: db.prepare<[number, number]>('DELETE FROM place WHERE raw = ? AND part IN (SELECT id FROM part WHERE source = ?)'),
  leavePart: db.prepare<[number, number]>('DELETE FROM place WHERE raw = ? AND part = ?'),
  notSeenAgain: db.prepare<[number, number], number>('SELECT DISTINCT raw FROM place WHERE part = ? AND pass < ?').pluck(),
  bury: db.prepare<[number, Buffer, number, string]>(
    'INSERT INTO tombstone VALUES (?, ?, ?, ?) ON CONFLICT (source, hash) DO UPDATE SET part = excluded.part',
  ),
  unbury: db.prepare<[number, Buffer]>('DELETE FROM tombstone WHERE source = ? AND hash = ?'),
  exhume: db.prepare<[number]>('DELETE FROM tombstone WHERE part = ?'),
  grave: db.prepare<[number, Buffer], { part: string }>(
    'SELECT part.name AS part FROM tombstone JOIN part ON part.id = tombstone.part WHERE tombstone.source = ? AND tombstone.hash = ?',
  ),
  refuse: db.prepare<[number, string, string]>('INSERT INTO refusal VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
  addRaw: db.prepare<[number, number, number]>('INSERT INTO raw (pack, start, length) VALUES (?, ?, ?)'),
  span: db.prepare<[number], Span>('SELECT pack, start, length FROM raw WHERE id = ?'),
  dropRaw: db.prepare<[number]>('DELETE FROM raw WHERE id = ?'),
  threadOf: db.prepare<[number], number>('SELECT thread FROM mail WHERE id = ?').pluck(),
  dropMail: db.prepare<[number]>('DELETE FROM mail WHERE id = ?'),
});
