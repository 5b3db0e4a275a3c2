import type Database from 'better-sqlite3';
import { type OpenedStore, openStore } from '../open.js';

/** Opens a store that must open. */
export async function opened(file: string, use: 'read' | 'ingest' = 'ingest'): Promise<Extract<OpenedStore, { ok: true }>> {
  const store = await openStore({ file, migrations: 'migrations', use });
  if (!store.ok) throw new Error(store.why);
  return store;
}

/** All that is derived from the mails, without the numbers that depend on when they came. */
export function derived(db: Database): Readonly<Record<string, readonly string[]>> {
  const rows = (sql: string): readonly string[] =>
    db
      .prepare<[], object>(sql)
      .all()
      .map((row) => JSON.stringify(row))
      .sort();
  return {
    mails: rows('SELECT hex(content), message_id, subject, sender, sent, run, run_at, fault FROM mail'),
    threads: rows("SELECT group_concat(message_id, ' ') FROM (SELECT thread, message_id FROM mail ORDER BY message_id) GROUP BY thread"),
    names: rows("SELECT group_concat(name, ' ') FROM (SELECT thread, name FROM name ORDER BY name) GROUP BY thread"),
    series: rows('SELECT message_id, title, version, prefixes, sender, sent, cover, total, repeats FROM series'),
    patches: rows(
      'SELECT series.message_id AS of, number, patch.message_id, patch.title, quoted_by, earlier FROM patch JOIN series ON series.id = patch.series',
    ),
    proposals: rows('SELECT message_id, ordinal, about FROM proposal'),
    problems: rows(
      'SELECT series.message_id AS of, problem.message_id, subject, why FROM problem LEFT JOIN series ON series.id = problem.series',
    ),
    stale: rows('SELECT stale FROM thread WHERE stale <> 0'),
  };
}
