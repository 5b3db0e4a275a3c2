import type Database from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import { assemble } from '../series/assemble.js';
import type { MailCache } from './cache.js';
import { type Links, linksOf } from './links.js';
import { Packs, type Span } from './packs.js';
import { readMail, type StoredMail } from './read-mail.js';
import { refusedRows, rowsOf, type ThreadRows } from './thread-rows.js';

/** What a thread may weigh to be assembled: mails beyond these are a flood, or somebody's answers to everything. */
const MAX_THREAD_MAILS = 20_000;
const MAX_THREAD_BYTES = 256 << 20;

interface MailRow extends Span {
  readonly id: number;
}

/** A mail and what ties it to others. */
export interface TiedMail {
  readonly id: number;
  readonly links: Links;
  readonly sent: number | null;
}

/** Reads threads out of a store, and makes series of them. Writes nothing. */
export class Assembler {
  readonly #packs: Packs;
  readonly #mails: Statement<[number], MailRow>;

  constructor(
    db: Database,
    private readonly cache: MailCache,
  ) {
    this.#packs = new Packs(db);
    this.#mails = db.prepare<[number], MailRow>(
      `SELECT mail.id, raw.pack, raw.start, raw.length FROM mail JOIN raw ON raw.id = mail.id
       WHERE mail.thread = ? ORDER BY mail.sent IS NULL, mail.sent, mail.message_id, mail.content`,
    );
  }

  /** The mails of a thread, in the order that assembly sees them: one of their own, not the one in which they came. */
  async mailsOf(thread: number): Promise<readonly StoredMail[]> {
    const found: StoredMail[] = [];
    for (const row of this.#mails.all(thread)) found.push(await this.#read(row));
    return found;
  }

  async tiesOf(thread: number): Promise<readonly TiedMail[]> {
    const found: TiedMail[] = [];
    for (const row of this.#mails.all(thread)) {
      const { mail } = await this.#read(row);
      found.push({ id: row.id, links: linksOf(mail), sent: mail.date });
    }
    return found;
  }

  async rowsOf(thread: number): Promise<ThreadRows> {
    const rows = this.#mails.all(thread);
    const bytes = rows.reduce((sum, row) => sum + row.length, 0);
    if (rows.length > MAX_THREAD_MAILS || bytes > MAX_THREAD_BYTES) {
      const why = `a thread of ${rows.length} mails and ${Math.round(bytes / 2 ** 20)} MiB is too large to be put together (limits: ${MAX_THREAD_MAILS}, ${MAX_THREAD_BYTES >> 20} MiB)`;
      return refusedRows(thread, why);
    }
    const reads: StoredMail[] = [];
    for (const row of rows) reads.push(await this.#read(row));
    try {
      const assembly = assemble(
        reads.flatMap((read) => (read.kind === 'mail' ? [read.mail] : [])),
        { checked: false },
      );
      const unreadable = reads.flatMap((read) =>
        read.kind === 'unreadable' ? [{ messageId: read.mail.messageId, subject: read.mail.subject, why: read.why }] : [],
      );
      return rowsOf(thread, { ...assembly, rejected: [...unreadable, ...assembly.rejected] });
    } catch (error) {
      // Whatever a mail does to us, the others are read.
      return refusedRows(thread, `a fault in faultline, which could not put this thread together: ${String(error)}`);
    }
  }

  async #read(row: MailRow): Promise<StoredMail> {
    const held = this.cache.get(row.id);
    if (held !== undefined) return held;
    const read = await readMail(Buffer.from(this.#packs.read(row)));
    this.cache.put({ id: row.id, read, bytes: row.length });
    return read;
  }
}
