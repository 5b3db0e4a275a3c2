import type Database from 'better-sqlite3';
import { MailCache } from './cache.js';
import { MailRows } from './mail-rows.js';
import { Packs, type Span } from './packs.js';
import { contentOf, readMail } from './read-mail.js';
import { SeriesWriter } from './series.js';
import { Threads } from './threads.js';

export interface Rebuilt {
  readonly mails: number;
  readonly threads: number;
}

const DERIVED = ['problem', 'proposal', 'patch', 'series', 'name', 'thread', 'mail'];

/** Makes all that is derived anew from the raw mails, as after a change of how mails are read. A kill on the way leaves the store as it was. */
export async function rebuild(db: Database): Promise<Rebuilt> {
  db.exec('BEGIN IMMEDIATE');
  const threads = new Threads(db);
  let mails = 0;
  try {
    for (const table of DERIVED) db.exec(`DELETE FROM ${table}`);
    mails = await readAll(db, threads);
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
  return { mails, threads: await new SeriesWriter(db, new MailCache(0), threads).assembleStale() };
}

async function readAll(db: Database, threads: Threads): Promise<number> {
  const packs = new Packs(db);
  const rows = new MailRows(db, threads);
  const same = db.prepare<[Buffer], number>('SELECT id FROM mail WHERE content = ?').pluck();
  const next = db.prepare<[number], Span & { id: number }>('SELECT * FROM raw WHERE id > ? ORDER BY id LIMIT 1');
  const move = db.prepare<[number, number]>('UPDATE place SET raw = ? WHERE raw = ?');
  const drop = db.prepare<[number]>('DELETE FROM raw WHERE id = ?');
  let count = 0;
  for (let row = next.get(0); row !== undefined; row = next.get(row.id)) {
    const read = await readMail(Buffer.from(packs.read(row)));
    const content = contentOf(read);
    const twin = same.get(content);
    if (twin === undefined) {
      rows.add(row.id, read, content);
      count++;
      continue;
    }
    // Two mails that were told apart before read the same now.
    move.run(twin, row.id);
    drop.run(row.id);
    packs.erase(row);
  }
  return count;
}
