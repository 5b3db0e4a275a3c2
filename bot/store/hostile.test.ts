import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Feed, MailEvent } from '../ingest/feed.js';
import { ingest } from './ingest.js';
import { StoreReader } from './read.js';
import { rebuild } from './rebuild.js';
import { corpus } from './testing/corpus.js';
import { derived, opened } from './testing/open.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-hostile-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const feed = (mails: readonly Buffer[]): Feed => ({
  name: 'list',
  events: async function* () {
    for (const raw of mails) yield await Promise.resolve<MailEvent>({ kind: 'mail', part: '', raw });
  },
});

const mail = (id: string, fields: readonly string[] = [], body = 'text\n'): Buffer =>
  Buffer.from([`Message-ID: <${id}>`, 'From: a@b.invalid', 'Date: Mon, 6 Jan 2025 10:00:00 +0000', ...fields, '', body].join('\n'));

const ids = (count: number, name: string): readonly string[] => Array.from({ length: count }, (_, i) => `${name}${i}@x.invalid`);
const references = (list: readonly string[]): string => `References: ${list.map((id) => `<${id}>`).join('\n ')}`;

/** The same in whatever order it comes, after it was made anew, and without a file but the store's. */
async function stored(mails: readonly Buffer[]): Promise<StoreReader> {
  const there = await opened(join(folder, 'there.db'));
  await ingest(there.db, feed(mails));
  const result = derived(there.db);
  expect(result['stale']).toEqual([]);
  const back = await opened(join(folder, 'back.db'));
  for (const raw of [...mails].reverse()) await ingest(back.db, feed([raw]));
  expect(derived(back.db)).toEqual(result);
  await rebuild(back.db);
  expect(derived(back.db)).toEqual(result);
  back.close();
  expect(readdirSync(folder).filter((name) => !/^(?:there|back)\.db(?:\.lock|-wal|-shm)?$/.test(name))).toEqual([]);
  return new StoreReader(there.db);
}

it.each<[string, readonly Buffer[]]>([
  ['References 10,000 deep', [mail('last@x.invalid', [references(ids(10_000, 'r'))]), mail('r0@x.invalid'), mail('r9999@x.invalid')]],
  [
    'loops',
    [mail('a@x', ['In-Reply-To: <b@x>']), mail('b@x', ['In-Reply-To: <a@x>', 'References: <b@x>']), mail('c@x', ['In-Reply-To: <c@x>'])],
  ],
  ['a subject of a megabyte', [mail('s@x', [`Subject: [PATCH 1/2] ${'x'.repeat(1 << 20)}`])]],
  ['a Message-ID of a megabyte', [mail(`${'i'.repeat(1 << 20)}@x`), mail('r@x', [`In-Reply-To: <${'i'.repeat(1 << 20)}@x>`])]],
  ['ids that are paths', [mail('../../etc/passwd@x'), mail('/etc/passwd@x'), mail('..\\..\\x@y'), mail('%2e%2e/x@y')]],
  ['ids that are SQL', [mail("x'); DROP TABLE mail; --@x"), mail('"@x')]],
  ['one id for many mails', ids(20, 'n').map((body) => mail('same@x', ['Subject: [PATCH] x'], `${body}\n`))],
  [
    'dates of 2077 and of no calendar',
    [mail('d@x').toString(), mail('e@x').toString()].map((text, i) => Buffer.from(text.replace('2025', i === 0 ? '2077' : '99999'))),
  ],
  [
    'bytes',
    [Buffer.alloc(0), Buffer.from([0, 255, 10, 10, 254]), Buffer.from('\n\n\n'), Buffer.from('Subject:\n'), Buffer.from(':::\n\n\0\0')],
  ],
  [
    'a mail that answers everything',
    [...corpus(40, 2), mail('all@x', [references(corpus(40, 2).map((raw) => /Message-ID: <(.*)>/.exec(raw.toString())?.[1] ?? ''))])],
  ],
])('%s', async (_name, mails) => {
  const reader = await stored(mails);
  expect(reader.mailCount()).toBe(mails.length);
});

it('a thread of 5,000 mails is put together, and one more mail is added to it', async () => {
  const patch = (i: number): Buffer =>
    mail(
      `p${i}@x`,
      [`Subject: [PATCH ${i}/5000] p`, 'In-Reply-To: <cover@x>'],
      `---\n a.c | 1 +\n\n--- a/a${i}.c\n+++ b/a${i}.c\n@@ -1 +1,2 @@\n a\n+b\n`,
    );
  const { db, close } = await opened(join(folder, 'large.db'));
  await ingest(db, feed([mail('cover@x', ['Subject: [PATCH 0/5000] c']), ...Array.from({ length: 4999 }, (_, i) => patch(i + 1))]));
  const reader = new StoreReader(db);
  expect(reader.seriesOf('cover@x')[0]?.problems).toEqual(['patch 5000 of 5000 is not in the source']);
  await ingest(db, feed([patch(5000)]));
  const [series] = reader.seriesOf('p5000@x');
  expect(series?.patches).toHaveLength(5000);
  expect(series?.problems).toEqual([]);
  close();
});
