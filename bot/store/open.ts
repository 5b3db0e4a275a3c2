import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { migrate, readMigrations } from './migrate.js';

export type OpenedStore =
  | { readonly ok: true; readonly db: Database; readonly backup: string | null; readonly close: () => void }
  | { readonly ok: false; readonly why: string };

export interface StoreChoice {
  /** The database. */
  readonly file: string;
  /** Folder of the numbered SQL files. */
  readonly migrations: string;
  /** Writers of mails (`ingest`) exclude each other, also in other processes. Readers, and who notes reviews, wait for nobody. */
  readonly use: 'read' | 'review' | 'ingest';
}

/** How long to wait for another process's transaction. */
const PATIENCE_MS = 10_000;

/** Opens a store, at the newest schema. Only `read` needs one to be there. What is wrong is a sentence. */
export async function openStore(choice: StoreChoice): Promise<OpenedStore> {
  const { file, use } = choice;
  if (use === 'read' && !existsSync(file)) return { ok: false, why: `${file}: there is no store yet; faultline ingest SOURCE makes one` };
  const opened: Database[] = [];
  const close = (): void => {
    for (const db of opened.reverse()) db.close();
  };
  try {
    if (use !== 'read') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (use === 'ingest') opened.push(lock(`${file}.lock`));
    const db = new Database(file, { timeout: PATIENCE_MS });
    opened.push(db);
    db.pragma('journal_mode = WAL');
    // A crash of the machine may take back the last transactions, whole; mails and positions go together.
    db.pragma('synchronous = NORMAL');
    // Pages: 16 MiB of changes go into the database at once.
    db.pragma('wal_autocheckpoint = 4096');
    db.pragma('foreign_keys = ON');
    const migrated = await migrate(db, readMigrations(choice.migrations));
    if (migrated.ok) return { ok: true, db, backup: migrated.backup, close };
    close();
    return { ok: false, why: migrated.why };
  } catch (error) {
    close();
    return { ok: false, why: storeTrouble(file, error) };
  }
}

/** A lock that ends with the process that holds it, however that ends: an exclusive transaction on a database beside the store. */
function lock(file: string): Database {
  const db = new Database(file, { timeout: 100 });
  try {
    // Nothing is ever written to it, so there is nothing to take back.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    throw isBusy(error) ? new LockedError() : error;
  }
}

class LockedError extends Error {}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '');
const isBusy = (error: unknown): boolean => codeOf(error).startsWith('SQLITE_BUSY');

const WORDS: Readonly<Record<string, string>> = {
  SQLITE_BUSY: 'another process has been writing to it for too long; try again when it is done',
  SQLITE_FULL: 'no space is left on the device',
  SQLITE_READONLY: 'it is read-only',
  SQLITE_CANTOPEN: 'it cannot be opened: part of the path is not a folder, or permission is denied',
  SQLITE_NOTADB: 'it is not a database; give --store another file',
  SQLITE_CORRUPT: 'the database is damaged; take the newest copy beside it, or ingest the sources into another file',
  SQLITE_IOERR: 'the device fails to read or write',
  EACCES: 'permission denied',
  EEXIST: 'part of the path is not a folder',
  ENOTDIR: 'part of the path is not a folder',
  EROFS: 'the file system is read-only',
};

/** What went wrong with a store, for its user; throws what is a fault of ours. */
export function storeTrouble(file: string, error: unknown): string {
  if (error instanceof LockedError)
    return `${file}: another faultline ingest is writing to this store; wait until it is done, or give --store another file`;
  const code = codeOf(error);
  const known = Object.keys(WORDS).find((start) => code.startsWith(start));
  if (known === undefined) throw error;
  return `${file}: ${WORDS[known] ?? code}`;
}
