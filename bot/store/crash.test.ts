import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Feed, MailEvent } from '../ingest/feed.js';
import { ingest } from './ingest.js';
import { corpus, numbers } from './testing/corpus.js';
import { derived, opened } from './testing/open.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-crash-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

class Crash extends Error {}

/** A database whose `after`-th statement from now does not come back: the process died there. */
function dying(db: Database, after: number): Database {
  let left = after;
  const step = (): void => {
    if (left-- <= 0) throw new Crash();
  };
  const guarded = <T extends object>(target: T, names: readonly string[]): T =>
    new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name, object);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (names.includes(String(name))) step();
          const result: unknown = Reflect.apply(value, object, args);
          if (name === 'prepare' || name === 'pluck') return guarded(result as object, ['run', 'get', 'all']);
          return result;
        };
      },
    });
  return guarded(db, ['exec']);
}

/** A source of mails and deletions that goes on from its position, in small batches. */
function source(events: readonly MailEvent[]): Feed {
  return {
    name: 'list',
    events: async function* (positions): AsyncGenerator<MailEvent> {
      const from = Number(positions.get('0') ?? '0');
      for (const [i, event] of events.entries()) {
        if (i < from) continue;
        yield await Promise.resolve(event);
        yield { kind: 'position', part: '0', position: `${i + 1}` };
        if (i % 7 === 6) yield { kind: 'end', part: '0' };
      }
    },
  };
}

it('a store whose writer dies at any statement, again and again, ends up as one that was written in peace', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = numbers(seed);
    const mails = corpus(30, seed);
    const events = mails.flatMap((raw, i): readonly MailEvent[] => {
      const earlier = mails[random(i + 1)];
      const added: MailEvent = { kind: 'mail', part: '0', raw };
      return random(5) === 0 && earlier ? [added, { kind: 'deletion', part: '0', raw: earlier }] : [added];
    });
    const quiet = await opened(join(folder, `quiet${seed}.db`));
    await ingest(quiet.db, source(events));
    const expected = derived(quiet.db);
    quiet.close();

    const file = join(folder, `dying${seed}.db`);
    let deaths = 0;
    for (let alive = false; !alive; ) {
      const store = await opened(file);
      try {
        await ingest(dying(store.db, 20 + random(400)), source(events));
        alive = true;
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        deaths++;
      }
      // An open transaction ends with its process.
      store.close();
    }
    expect(deaths).toBeGreaterThan(0);
    const { db, close } = await opened(file);
    expect(derived(db)).toEqual(expected);
    expect(db.prepare<[], number>('SELECT count(*) FROM raw WHERE id NOT IN (SELECT raw FROM place)').pluck().get()).toBe(0);
    expect(db.prepare<[], number>('SELECT count(*) FROM pack WHERE id NOT IN (SELECT pack FROM raw)').pluck().get()).toBe(0);
    close();
  }
});
