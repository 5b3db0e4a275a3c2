import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';

/** A step of the schema: one SQL file. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, in hex. */
  readonly digest: string;
}

/** `FLTN`: says to SQLite's tools, and to us, whose file it is. */
const APPLICATION_ID = 0x464c544e;

/** The files `NNNN-name.sql` of a folder, in order. Throws where the numbers do not run from 1 without a gap: that is a fault of the package. */
export function readMigrations(folder: string): readonly Migration[] {
  const files = readdirSync(folder)
    .filter((file) => /^\d{4}-.+\.sql$/.test(file))
    .sort();
  return files.map((file, i) => {
    const number = Number(file.slice(0, 4));
    if (number !== i + 1) throw new Error(`migrations/${file}: expected number ${i + 1}`);
    const sql = readFileSync(join(folder, file), 'utf8');
    return { number, name: file, sql, digest: createHash('sha256').update(sql).digest('hex') };
  });
}

export type Migrated = { readonly ok: true; readonly applied: readonly string[]; readonly backup: string | null } | Refused;

interface Refused {
  readonly ok: false;
  readonly why: string;
}

/**
 * Brings a database to the newest schema: each file in a transaction of its own, noted with its digest. A database that has something in
 * it is copied to a file beside it first. Refuses databases of other programs and of newer versions, and files that changed after they
 * were applied.
 */
export async function migrate(db: Database, migrations: readonly Migration[]): Promise<Migrated> {
  const version = versionOf(db);
  const trouble = troubleOf(db, version, migrations);
  if (trouble !== null) return { ok: false, why: trouble };
  const due = migrations.slice(version);
  if (due.length === 0) return { ok: true, applied: [], backup: null };
  const backup = version === 0 ? null : freeName(`${db.name}.before-${String(version + 1).padStart(4, '0')}`);
  if (backup !== null) {
    try {
      await db.backup(backup);
    } catch (error) {
      return { ok: false, why: `${db.name}: cannot be copied to ${backup} before its upgrade (${words(error)}); nothing was changed` };
    }
  }
  const applied: string[] = [];
  for (const migration of due) {
    const why = apply(db, migration);
    if (why !== null) return { ok: false, why: `${db.name}: migrations/${migration.name} failed (${why}); it was taken back` };
    applied.push(migration.name);
  }
  return { ok: true, applied, backup };
}

function apply(db: Database, migration: Migration): string | null {
  db.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have been quicker.
    if (versionOf(db) < migration.number) {
      if (migration.number === 1) {
        db.exec('CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL) STRICT');
        db.pragma(`application_id = ${APPLICATION_ID}`);
      }
      db.exec(migration.sql);
      db.prepare<[number, string, string]>('INSERT INTO migration VALUES (?, ?, ?)').run(
        migration.number,
        migration.name,
        migration.digest,
      );
      db.pragma(`user_version = ${migration.number}`);
    }
    db.exec('COMMIT');
    return null;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    return words(error);
  }
}

const versionOf = (db: Database): number => Number(db.pragma('user_version', { simple: true }));

function troubleOf(db: Database, version: number, migrations: readonly Migration[]): string | null {
  const owner = Number(db.pragma('application_id', { simple: true }));
  const tables = db.prepare<[], number>("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").pluck().get() ?? 0;
  if (owner !== APPLICATION_ID && (owner !== 0 || version !== 0 || tables > 0))
    return `${db.name}: a database of another program; give --store another file`;
  if (version > migrations.length)
    return `${db.name}: written by a newer version of faultline (its schema is ${version}, this one knows ${migrations.length}); use that version, or give --store another file`;
  if (version === 0) return null;
  const noted = db.prepare<[], { number: number; name: string; digest: string }>('SELECT number, name, digest FROM migration').all();
  for (const { number, name, digest } of noted) {
    const file = migrations[number - 1];
    if (file?.digest !== digest)
      return `${db.name}: migrations/${file?.name ?? name} is not the file that was applied to this store; install an unchanged version of faultline`;
  }
  return null;
}

function freeName(wanted: string): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted}.${i}`;
    if (!existsSync(name)) return name;
  }
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
