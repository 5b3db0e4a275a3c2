import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type Database from 'better-sqlite3';
import type { Remembered } from '../memory/carry.js';
import { titleKey, type VersionFacts } from '../memory/version.js';
import { parseReportText, type Report, serialiseReport } from '../report/schema.js';
import { transaction } from './transaction.js';

interface Row {
  readonly id: number;
  readonly message_id: string;
  readonly title: string;
  readonly version: number;
  readonly author: string;
  readonly change_id: string | null;
  readonly sent: number | null;
  readonly report: Uint8Array;
}

/** A report of some MiB at most; what unpacks to more was not written by us. */
const MAX_REPORT_BYTES = 64 << 20;
/** Of a series that is sent again and again. */
const MAX_VERSIONS = 50;

/** The reviews that a store remembers. */
export class ReviewStore {
  constructor(private readonly db: Database) {}

  /** Notes a review of a version, in place of an earlier one of the same; `replies` are the message-ids of what was made of it for sending. */
  save(facts: VersionFacts, report: Report, replies: readonly string[], now: number): void {
    const packed = deflateRawSync(serialiseReport(report));
    const { messageId, title, version, author, changeId, sent, prints } = facts;
    transaction(this.db, () => {
      const sql = `INSERT INTO review (message_id, title, title_key, version, author, change_id, sent, made, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (message_id) DO UPDATE SET title = excluded.title, title_key = excluded.title_key, version = excluded.version, author = excluded.author,
          change_id = excluded.change_id, sent = excluded.sent, made = excluded.made, report = excluded.report RETURNING id`;
      const id = this.db
        .prepare<[string, string, string, number, string, string | null, number | null, number, Uint8Array], number>(sql)
        .pluck()
        .get(messageId, title, titleKey(title), version, author, changeId, sent, now, packed);
      if (id === undefined) throw new Error('a review has no id');
      this.db.prepare<[number]>('DELETE FROM review_patch WHERE review = ?').run(id);
      const patch = this.db.prepare<[number, number, string]>('INSERT INTO review_patch VALUES (?, ?, ?)');
      prints.forEach((print, i) => patch.run(id, i + 1, print));
      const reply = this.db.prepare<[string, number]>('INSERT INTO reply VALUES (?, ?) ON CONFLICT DO UPDATE SET review = excluded.review');
      for (const messageId of replies) reply.run(messageId, id);
    });
  }

  /** Reviews that may be of other versions of the same series. */
  candidates({ changeId, author, title, prints }: VersionFacts): readonly Remembered[] {
    const sql = `SELECT * FROM review WHERE id IN (
        SELECT id FROM review WHERE change_id = ? UNION SELECT id FROM review WHERE author = ? AND title_key = ?
        UNION SELECT review FROM review_patch WHERE print IN (SELECT value FROM json_each(?))) ORDER BY made DESC LIMIT ?`;
    const rows = this.db
      .prepare<[string | null, string, string, string, number], Row>(sql)
      .all(changeId, author, titleKey(title), JSON.stringify(prints), MAX_VERSIONS);
    return rows.flatMap((row) => this.remembered(row));
  }

  repliesOf(messageId: string): ReadonlySet<string> {
    const sql = 'SELECT reply.message_id FROM reply JOIN review ON review.id = reply.review WHERE review.message_id = ?';
    return new Set(this.db.prepare<[string], string>(sql).pluck().all(messageId));
  }

  dismiss(finding: string, why: string, now: number): void {
    this.db
      .prepare<[string, string, number]>(
        'INSERT INTO dismissal VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET why = excluded.why, at = excluded.at',
      )
      .run(finding, why, now);
  }

  dismissals(): ReadonlyMap<string, string> {
    const rows = this.db.prepare<[], { finding: string; why: string }>('SELECT finding, why FROM dismissal').all();
    return new Map(rows.map(({ finding, why }) => [finding, why]));
  }

  /** Ids of findings that begin so, of all reviews that are remembered. */
  findings(beginning: string): readonly string[] {
    const rows = this.db.prepare<[], Row>('SELECT * FROM review').all();
    const ids = rows.flatMap((row) => this.remembered(row)).flatMap(({ review }) => review.findings.map((finding) => finding.id));
    return [...new Set(ids.filter((id) => id.startsWith(beginning)))];
  }

  /** None where the report is of a form that this version does not read. */
  private remembered(row: Row): Remembered[] {
    const read = parseReportText(inflateRawSync(row.report, { maxOutputLength: MAX_REPORT_BYTES }).toString('utf8'));
    const review = read.ok ? read.report.reviews[0] : undefined;
    if (review === undefined) return [];
    const prints = this.db.prepare<[number], string>('SELECT print FROM review_patch WHERE review = ? ORDER BY number').pluck().all(row.id);
    const { message_id: messageId, title, version, author, change_id: changeId, sent } = row;
    return [{ facts: { messageId, title, version, author, changeId, sent, prints }, review }];
  }
}
