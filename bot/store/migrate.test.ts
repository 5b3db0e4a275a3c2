import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Migration, migrate, readMigrations } from './migrate.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-migrate-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const step = (number: number, sql: string): Migration => ({ number, name: `000${number}-x.sql`, sql, digest: `digest of ${sql}` });
const ONE = step(1, 'CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);');
const TWO = step(2, 'ALTER TABLE a ADD COLUMN y TEXT;');
const BROKEN = step(2, 'CREATE TABLE b (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);');

async function run(migrations: readonly Migration[], file = 'store.db'): ReturnType<typeof migrate> {
  const db = new Database(join(folder, file));
  try {
    return await migrate(db, migrations);
  } finally {
    db.close();
  }
}

const names = (file = 'store.db'): readonly string[] => {
  const db = new Database(join(folder, file));
  const found = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
  db.close();
  return found;
};

describe('migrate', () => {
  it('applies each file once', async () => {
    expect(await run([ONE])).toEqual({ ok: true, applied: ['0001-x.sql'], backup: null });
    expect(await run([ONE])).toEqual({ ok: true, applied: [], backup: null });
  });

  it('copies a store before it changes it', async () => {
    await run([ONE]);
    const second = await run([ONE, TWO]);
    expect(second).toMatchObject({ ok: true, applied: ['0002-x.sql'], backup: join(folder, 'store.db.before-0002') });
    const before = new Database(join(folder, 'store.db.before-0002'));
    expect(before.prepare<[], object>('SELECT * FROM a').all()).toEqual([{ x: 7 }]);
    before.close();
  });

  it('takes a failed file back whole, and can go on with a mended one', async () => {
    await run([ONE]);
    const failed = await run([ONE, BROKEN]);
    expect(failed).toMatchObject({ ok: false, why: expect.stringContaining('0002-x.sql failed (no such table: nowhere)') as string });
    expect(names()).toEqual(['a', 'migration']);
    expect(await run([ONE, TWO])).toMatchObject({ ok: true, backup: join(folder, 'store.db.before-0002.2') });
  });

  it('refuses a file that was edited after it was applied', async () => {
    await run([ONE]);
    expect(await run([step(1, 'CREATE TABLE other (x INTEGER) STRICT;'), TWO])).toMatchObject({
      ok: false,
      why: expect.stringContaining('not the file that was applied') as string,
    });
    expect(existsSync(join(folder, 'store.db.before-0002'))).toBe(false);
  });

  it('refuses stores of newer versions and databases of others', async () => {
    await run([ONE, TWO]);
    expect(await run([ONE])).toMatchObject({ ok: false, why: expect.stringContaining('newer version') as string });
    const other = new Database(join(folder, 'other.db'));
    other.exec('CREATE TABLE theirs (x)');
    other.close();
    expect(await run([ONE], 'other.db')).toMatchObject({ ok: false, why: expect.stringContaining('another program') as string });
    expect(names('other.db')).toEqual(['theirs']);
  });

  it('the files of the package apply, and all tables are strict', async () => {
    expect(await run(readMigrations('migrations'))).toMatchObject({ ok: true });
    const db = new Database(join(folder, 'store.db'));
    expect(
      db
        .prepare<[], string>(
          "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite%'",
        )
        .pluck()
        .all(),
    ).toEqual([]);
    db.close();
  });
});
