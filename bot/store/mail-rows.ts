import type Database from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import { linksOf } from './links.js';
import type { StoredMail } from './read-mail.js';
import type { Threads } from './threads.js';

/** Longest text kept of a subject or an address: the longest line that mail may have (RFC 5322, section 2.1.1). */
export const LONGEST_LINE = 998;

type Columns = [number, Buffer, string, string, string, number | null, number, string | null, number | null, string | null];

/** Writes what is derived of a mail alone, and gives it its thread. */
export class MailRows {
  readonly #add: Statement<Columns, never>;

  constructor(
    db: Database,
    private readonly threads: Threads,
  ) {
    this.#add = db.prepare<Columns>(
      'INSERT INTO mail (id, content, message_id, subject, sender, sent, thread, run, run_at, fault) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
  }

  add(id: number, read: StoredMail, content: Buffer): void {
    const { messageId, subject, from, date } = read.mail;
    const links = linksOf(read.mail);
    const thread = this.threads.attach(links, date);
    const fault = read.kind === 'unreadable' ? read.why : null;
    const at = links.run === null ? null : (date ?? 0);
    this.#add.run(id, content, messageId, subject.slice(0, LONGEST_LINE), from.slice(0, LONGEST_LINE), date, thread, links.run, at, fault);
  }
}
