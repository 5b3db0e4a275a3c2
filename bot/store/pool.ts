import type Database from 'better-sqlite3';
import { assemble } from '../series/assemble.js';
import { prerequisitesOf } from '../series/prerequisites.js';
import { addressOf } from '../series/subject.js';
import type { Series } from '../series/types.js';
import { StoreReader } from './read.js';

/** Patches that others have to come before are seldom older than that. */
const WINDOW_MS = 180 * 24 * 3_600_000;
const MAX_THREADS = 200;

/**
 * Series of the store that these may have to be applied on top of: those of threads that they name by message-id; where they name a patch-id
 * or a change-id that none of `series` has, those that the same author sent in the half year before.
 */
export async function prerequisitePool(db: Database, series: readonly Series[]): Promise<readonly Series[]> {
  const reader = new StoreReader(db);
  const seeds = new Set<string>();
  const byAuthor = db
    .prepare<[string, number, number, number], string>(
      `SELECT min(message_id) FROM mail WHERE instr(lower(sender), ?) > 0 AND sent BETWEEN ? AND ? GROUP BY thread ORDER BY max(sent) DESC LIMIT ?`,
    )
    .pluck();
  for (const each of series) {
    const { missing } = prerequisitesOf(each, series);
    for (const { kind, id } of missing) if (kind === 'message-id') seeds.add(id);
    const mail = each.cover ?? each.patches[0]?.mail;
    if (mail?.date == null || missing.every(({ kind }) => kind === 'message-id')) continue;
    for (const id of byAuthor.all(addressOf(mail.from), mail.date - WINDOW_MS, mail.date, MAX_THREADS)) seeds.add(id);
  }
  const found: Series[] = [];
  for (const seed of seeds) found.push(...assemble(await reader.thread(seed)).series);
  return found;
}
