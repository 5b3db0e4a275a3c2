import type Database from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import { UNTHREADED_GAP } from '../series/group.js';
import type { Links } from './links.js';

/** Keeps mails in threads: the components of the graph of what they name. Whatever the order they come in, the components are the same. */
export class Threads {
  readonly #changed = new Set<number>();
  readonly #ofName: Statement<[string], number>;
  readonly #putName: Statement<[string, number], never>;
  readonly #before: Statement<[string, number, number], number>;
  readonly #after: Statement<[string, number, number], number>;
  readonly #make: Statement<[number], never>;
  readonly #soil: Statement<[number, number], never>;
  readonly #size: Statement<[number], number>;
  readonly #staleness: Statement<[number], number>;
  readonly #join: readonly Statement<[number, number], never>[];
  readonly #forget: readonly Statement<[number], never>[];
  readonly #clear: readonly Statement<[number], never>[];

  constructor(db: Database) {
    this.#ofName = db.prepare<[string], number>('SELECT thread FROM name WHERE name = ?').pluck();
    this.#putName = db.prepare<[string, number]>('INSERT INTO name VALUES (?, ?) ON CONFLICT (name) DO NOTHING');
    const neighbour = (compare: string, order: string): Statement<[string, number, number], number> =>
      db
        .prepare<[string, number, number], number>(
          `SELECT thread FROM mail WHERE run = ? AND run_at ${compare} ? AND abs(run_at - ?) <= ${UNTHREADED_GAP} AND thread <> 0 ORDER BY run_at ${order} LIMIT 1`,
        )
        .pluck();
    this.#before = neighbour('<=', 'DESC');
    this.#after = neighbour('>=', 'ASC');
    this.#make = db.prepare<[number]>('INSERT INTO thread (stale) VALUES (?)');
    this.#soil = db.prepare<[number, number]>('UPDATE thread SET stale = max(stale, ?) WHERE id = ?');
    this.#size = db.prepare<[number], number>('SELECT count(*) FROM name WHERE thread = ?').pluck();
    this.#staleness = db.prepare<[number], number>('SELECT stale FROM thread WHERE id = ?').pluck();
    this.#join = ['name', 'mail'].map((table) => db.prepare<[number, number]>(`UPDATE ${table} SET thread = ? WHERE thread = ?`));
    this.#clear = ['problem', 'proposal', 'series'].map((table) => db.prepare<[number]>(`DELETE FROM ${table} WHERE thread = ?`));
    this.#forget = [...this.#clear, db.prepare<[number]>('DELETE FROM thread WHERE id = ?')];
  }

  /** The thread of a mail with these links, which brings together what they tie. It is to be assembled anew. */
  attach({ names, run }: Links, sent: number | null): number {
    const found = new Set<number>();
    for (const name of names) {
      const thread = this.#ofName.get(name);
      if (thread !== undefined) found.add(thread);
    }
    if (run !== null) {
      const at = sent ?? 0;
      for (const side of [this.#before, this.#after]) {
        const thread = side.get(run, at, at);
        if (thread !== undefined) found.add(thread);
      }
    }
    const thread = this.#merge([...found]);
    this.#changed.add(thread);
    for (const name of names) this.#putName.run(name, thread);
    return thread;
  }

  /** A mail has left the thread, or another of its mails took its place: what is left may not hang together any more. */
  loosen(thread: number): void {
    this.#soil.run(2, thread);
    this.#changed.add(thread);
  }

  /** Whether a thread got or lost a mail, or is gone, since `forgetChanges`. */
  hasChanged(thread: number): boolean {
    return this.#changed.has(thread);
  }

  forgetChanges(): void {
    this.#changed.clear();
  }

  /** Removes what was assembled of a thread. */
  clear(thread: number): void {
    for (const statement of this.#clear) statement.run(thread);
  }

  forget(thread: number): void {
    this.#changed.add(thread);
    for (const statement of this.#forget) statement.run(thread);
  }

  #merge(found: readonly number[]): number {
    const [only] = found;
    if (only === undefined) return Number(this.#make.run(1).lastInsertRowid);
    if (found.length === 1) {
      this.#soil.run(1, only);
      return only;
    }
    // The smaller ones go into the largest: a mail changes its thread at most log n times.
    const bySize = found.map((id) => ({ id, size: this.#size.get(id) ?? 0 })).sort((a, b) => b.size - a.size || a.id - b.id);
    const [largest, ...others] = bySize.map(({ id }) => id);
    const into = largest ?? only;
    for (const other of others) {
      for (const statement of this.#join) statement.run(into, other);
      this.#soil.run(this.#staleness.get(other) ?? 0, into);
      this.forget(other);
    }
    this.#soil.run(1, into);
    return into;
  }
}
