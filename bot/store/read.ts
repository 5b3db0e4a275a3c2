import type Database from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import type { Mail } from '../series/types.js';
import { Assembler } from './assembler.js';
import { MailCache } from './cache.js';
import type { PatchRow, ProblemRow, SeriesRow } from './thread-rows.js';

export interface SeriesFilter {
  /** Only series with a mail from sources whose name holds this (a list, a folder, an address). */
  readonly source?: string;
  /** Only the newest so many. */
  readonly limit?: number;
}

interface Row {
  readonly id: number;
  readonly message_id: string;
  readonly title: string;
  readonly version: number;
  readonly prefixes: string;
  readonly sender: string;
  readonly sent: number | null;
  readonly cover: string | null;
  readonly total: number;
  readonly repeats: string | null;
}

type Id = string;

/** The threads that a Message-ID is in: of a mail, or of a patch that only a quote shows. Takes it three times. */
const THREADS = `SELECT thread FROM mail WHERE message_id = ? UNION SELECT thread FROM series WHERE message_id = ?
  UNION SELECT series.thread FROM patch JOIN series ON series.id = patch.series WHERE patch.message_id = ?`;

/** Reads what `faultline ingest` stored. */
export class StoreReader {
  readonly #patches: Statement<[number], PatchRow>;
  readonly #problems: Statement<[number], string>;

  constructor(private readonly db: Database) {
    this.#patches = db.prepare<[number], PatchRow>(
      'SELECT number, message_id AS messageId, title, quoted_by AS quotedBy, earlier FROM patch WHERE series = ? ORDER BY number, message_id',
    );
    this.#problems = db.prepare<[number], string>('SELECT why FROM problem WHERE series = ? ORDER BY rowid').pluck();
  }

  /** Series, oldest first. */
  series({ source, limit }: SeriesFilter = {}): readonly SeriesRow[] {
    const where =
      source === undefined
        ? ''
        : `WHERE id IN (SELECT patch.series FROM patch JOIN mail ON mail.message_id IN (patch.message_id, patch.quoted_by) JOIN place ON place.raw = mail.id
             JOIN part ON part.id = place.part JOIN source ON source.id = part.source WHERE instr(source.name, ?) > 0)`;
    const sql = `SELECT * FROM (SELECT * FROM series ${where} ORDER BY sent IS NULL, sent DESC, message_id DESC LIMIT ?)
      ORDER BY sent IS NULL, sent, message_id, version`;
    const most = limit ?? -1;
    const rows =
      source === undefined ? this.db.prepare<[number], Row>(sql).all(most) : this.db.prepare<[string, number], Row>(sql).all(source, most);
    return rows.map((row) => this.#series(row));
  }

  /** The series of the thread that a mail belongs to. */
  seriesOf(messageId: string): readonly SeriesRow[] {
    const sql = `SELECT * FROM series WHERE thread IN (${THREADS}) ORDER BY sent IS NULL, sent, version, message_id`;
    return this.db
      .prepare<[Id, Id, Id], Row>(sql)
      .all(messageId, messageId, messageId)
      .map((row) => this.#series(row));
  }

  /** The mails of the thread that a mail belongs to, oldest first; none where the store does not have it. `assemble` makes the series of them. */
  async thread(messageId: string): Promise<readonly Mail[]> {
    const threads = this.db.prepare<[Id, Id, Id], number>(THREADS).pluck().all(messageId, messageId, messageId);
    const reader = new Assembler(this.db, new MailCache(0));
    const mails: Mail[] = [];
    for (const thread of threads) for (const read of await reader.mailsOf(thread)) if (read.kind === 'mail') mails.push(read.mail);
    return mails;
  }

  /** Mails of a thread that gave nothing to review; without a thread, of all, and what of the sources was no mail. */
  problems(messageId?: string): readonly ProblemRow[] {
    if (messageId !== undefined) {
      return this.db
        .prepare<[Id, Id, Id], ProblemRow>(
          `SELECT message_id AS messageId, subject, why FROM problem
           WHERE series IS NULL AND thread IN (${THREADS}) ORDER BY message_id, why`,
        )
        .all(messageId, messageId, messageId);
    }
    return this.db
      .prepare<[], ProblemRow>(
        `SELECT message_id AS messageId, subject, why FROM problem WHERE series IS NULL
         UNION ALL SELECT NULL, subject, why FROM refusal ORDER BY 1, 3`,
      )
      .all();
  }

  /** Threads that an interrupted ingest left to be assembled: their series are those of before, or none. */
  stale(): number {
    return this.db.prepare<[], number>('SELECT count(*) FROM thread WHERE stale <> 0').pluck().get() ?? 0;
  }

  mailCount(): number {
    return this.db.prepare<[], number>('SELECT count(*) FROM mail').pluck().get() ?? 0;
  }

  #series(row: Row): SeriesRow {
    const { id, message_id: messageId, title, version, prefixes, sender, sent, cover, total, repeats } = row;
    return {
      messageId,
      title,
      version,
      prefixes: JSON.parse(prefixes) as readonly string[],
      sender,
      sent,
      cover,
      total,
      repeats,
      patches: this.#patches.all(id),
      problems: this.#problems.all(id),
    };
  }
}
