import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Feed, FeedError, type MailEvent } from '../ingest/feed.js';
import { ingest } from './ingest.js';
import { openStore } from './open.js';
import { StoreReader } from './read.js';
import { rebuild } from './rebuild.js';
import { corpus, numbers } from './testing/corpus.js';
import { derived, opened } from './testing/open.js';

let folder = '';
let made = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-store-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const fresh = (): string => join(folder, `${made++}.db`);

const feedOf = (events: readonly MailEvent[], name = 'list'): Feed => ({
  name,
  events: async function* () {
    for (const event of events) yield await Promise.resolve(event);
  },
});
const asMail = (raw: Buffer, part = ''): MailEvent => ({ kind: 'mail', part, raw });
const asDeletion = (raw: Buffer, part = ''): MailEvent => ({ kind: 'deletion', part, raw });
const feed = (mails: readonly Buffer[], name = 'list'): Feed =>
  feedOf(
    mails.map((raw) => asMail(raw)),
    name,
  );

async function derivedOf(feeds: readonly Feed[]): Promise<ReturnType<typeof derived>> {
  const { db, close } = await opened(fresh());
  for (const entry of feeds) await ingest(db, entry);
  const result = derived(db);
  close();
  return result;
}

function shuffled<T>(values: readonly T[], seed: number): readonly T[] {
  const random = numbers(seed);
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

const MAILS = corpus(60, 1);

describe('what is stored', () => {
  it('does not depend on the order, the batches and the sources in which mails came', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 1, max: 999 }),
        fc.array(fc.nat(70), { maxLength: 5 }),
        async (order, seed, cuts) => {
          const mails = corpus(50, seed);
          const mixed = shuffled(mails, order);
          const at = [0, ...cuts.sort((a, b) => a - b), mixed.length];
          const pieces = at.slice(1).map((end, i) => feed(mixed.slice(at[i], end), `list ${i % 2}`));
          expect(await derivedOf(pieces)).toEqual(await derivedOf([feed(mails)]));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is, after deletions, as if the mails had never been there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 999 }), fc.integer(), async (seed, choice) => {
        const mails = corpus(40, seed);
        const random = numbers(choice);
        const gone = mails.filter(() => random(4) === 0);
        const left = mails.filter((raw) => !gone.includes(raw));
        const events = [...mails.map((raw) => asMail(raw)), ...gone.map((raw) => asDeletion(raw))];
        expect(await derivedOf([feedOf(events)])).toEqual(await derivedOf([feed(left)]));
      }),
      { numRuns: 25 },
    );
  });

  it('is the same after it was made anew, and mails come out as they went in', async () => {
    const { db, close } = await opened(fresh());
    await ingest(db, feed(MAILS));
    const before = derived(db);
    expect(before['series']?.length).toBeGreaterThan(5);
    expect(before['problems']?.length).toBeGreaterThan(1);
    expect(await rebuild(db)).toMatchObject({ mails: MAILS.length });
    expect(derived(db)).toEqual(before);
    close();
  });

  it('is whole after a reading that broke off between threads and series', async () => {
    const { db, close } = await opened(fresh());
    await ingest(db, feed(MAILS));
    const before = derived(db);
    db.exec('UPDATE thread SET stale = 1; DELETE FROM series; DELETE FROM problem; DELETE FROM proposal');
    await ingest(db, feed([]));
    expect(derived(db)).toEqual(before);
    close();
  });
});

describe('mails', () => {
  it('that come twice, or by two lists, are one', async () => {
    const { db, close } = await opened(fresh());
    const [first] = MAILS;
    if (!first) throw new Error('no mail');
    const other = Buffer.concat([Buffer.from('Received: by another list\n'), first]);
    expect(await ingest(db, feed([first, first]))).toMatchObject({ added: 1, known: 1 });
    expect(await ingest(db, feed([other], 'second list'))).toMatchObject({ added: 0, known: 1 });
    expect(new StoreReader(db).mailCount()).toBe(1);
    close();
  });

  it('that one list takes back stay while another has them, then leave nothing but a tombstone', async () => {
    const { db, close } = await opened(fresh());
    await ingest(db, feed(MAILS, 'a'));
    await ingest(db, feed(MAILS, 'b'));
    const count = (table: string): number => db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
    const deletions = MAILS.map((raw) => asDeletion(raw));
    expect(await ingest(db, feedOf(deletions, 'a'))).toMatchObject({ removed: 0 });
    expect(count('mail')).toBe(MAILS.length);
    expect(await ingest(db, feedOf(deletions, 'b'))).toMatchObject({ removed: MAILS.length });
    expect(['mail', 'raw', 'pack', 'thread', 'name', 'series', 'problem', 'place'].map(count)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(count('tombstone')).toBe(2 * MAILS.length);
    close();
  });

  it('that were taken back come again only when their list sends them later', async () => {
    const raw = MAILS[0] ?? Buffer.alloc(0);
    const { db, close } = await opened(fresh());
    const reader = new StoreReader(db);
    await ingest(db, feedOf([asMail(raw, '0'), asDeletion(raw, '1')]));
    expect(reader.mailCount()).toBe(0);
    // The first epoch is read again, as after a rewrite, with another mail that lies in one pack with this.
    const other = MAILS[1] ?? Buffer.alloc(0);
    await ingest(db, feedOf([{ kind: 'again', part: '0', why: 'x' }, asMail(raw, '0'), asMail(other, '0'), { kind: 'end', part: '0' }]));
    expect(reader.mailCount()).toBe(1);
    await ingest(db, feedOf([asDeletion(other, '0')]));
    await ingest(db, feedOf([asMail(raw, '1')]));
    expect(reader.mailCount()).toBe(1);
    close();
  });

  it('that a rewritten history does not have any more leave', async () => {
    const { db, close } = await opened(fresh());
    await ingest(db, feed(MAILS));
    const kept = MAILS.slice(10);
    const events: MailEvent[] = [
      { kind: 'again', part: '', why: 'the history was rewritten' },
      ...kept.map((raw) => asMail(raw)),
      { kind: 'end', part: '' },
    ];
    const result = await ingest(db, feedOf(events));
    expect(result).toMatchObject({ added: 0, known: kept.length, removed: 10, notes: ['the history was rewritten'] });
    expect(derived(db)).toEqual(await derivedOf([feed(kept)]));
    close();
  });
});

describe('a source', () => {
  it('that breaks off keeps what came before, with its position', async () => {
    const { db, close } = await opened(fresh());
    const broken: Feed = {
      name: 'list',
      events: async function* (positions) {
        expect(positions.size).toBe(0);
        for (const [i, raw] of MAILS.entries()) {
          yield asMail(raw, '0');
          yield { kind: 'position', part: '0', position: `${i}` };
          if (i === 20) throw new FeedError(await Promise.resolve('the line is dead'));
        }
      },
    };
    expect(await ingest(db, broken)).toMatchObject({ added: 21, trouble: 'the line is dead' });
    const seen: string[] = [];
    await ingest(db, {
      name: 'list',
      events: async function* (positions): AsyncGenerator<MailEvent> {
        seen.push(positions.get('0') ?? '');
        yield await Promise.resolve({ kind: 'refused', part: '0', subject: 's', why: 'no mail' } as const);
      },
    });
    expect(seen).toEqual(['20']);
    expect(new StoreReader(db).problems().filter(({ why }) => why === 'no mail')).toEqual([
      { messageId: null, subject: 's', why: 'no mail' },
    ]);
    close();
  });
});

describe('a store', () => {
  it('has one writer at a time, and says so; readers go on', async () => {
    const file = fresh();
    const first = await opened(file);
    await ingest(first.db, feed(MAILS));
    expect(await openStore({ file, migrations: 'migrations', use: 'ingest' })).toMatchObject({
      ok: false,
      why: expect.stringContaining('another faultline ingest is writing') as string,
    });
    const reader = await opened(file, 'read');
    expect(new StoreReader(reader.db).series().length).toBeGreaterThan(5);
    reader.close();
    first.close();
    (await opened(file)).close();
  });

  it('that is not there is not made by reading', async () => {
    expect(await openStore({ file: fresh(), migrations: 'migrations', use: 'read' })).toMatchObject({
      ok: false,
      why: expect.stringContaining('no store yet') as string,
    });
  });

  it('gives series, and the mails of a thread', async () => {
    const { db, close } = await opened(fresh());
    await ingest(db, feed(MAILS, '/mail/linux-mm'));
    const reader = new StoreReader(db);
    const all = reader.series();
    expect(reader.series({ source: 'linux-mm' })).toEqual(all);
    expect(reader.series({ source: 'netdev' })).toEqual([]);
    expect(reader.series({ limit: 2 })).toEqual(all.slice(-2));
    const one = all.find((series) => series.cover !== null && series.patches.length > 1);
    expect(reader.seriesOf(one?.patches[0]?.messageId ?? '').map((series) => series.messageId)).toContain(one?.messageId);
    const ids = (await reader.thread(one?.messageId ?? '')).map((mail) => mail.messageId);
    expect(ids).toEqual(expect.arrayContaining(one?.patches.map((patch) => patch.messageId) ?? ['x']));
    close();
  });
});
