import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MboxSplitter } from '../mail/mbox.js';
import { parseMail } from '../mail/parse.js';
import { assemble } from './assemble.js';
import { mail, patchBody } from './testing/mail.js';
import { sharedFolder } from './testing/shared.js';
import type { Assembly, Mail } from './types.js';

const threads = sharedFolder('threads');

const FIXTURES = ['fixtures/mails/series-v1-v2.mbox', 'fixtures/mails/reply-deep-quote.mbox', 'fixtures/threads/demo.mbox'];

function split(path: string): readonly Buffer[] {
  const splitter = new MboxSplitter(16 << 20);
  const entries = [...splitter.push(readFileSync(path)), ...splitter.end()];
  return entries.flatMap((entry) => (entry.kind === 'mail' ? [entry.raw] : []));
}

async function read(raws: readonly Buffer[]): Promise<{ readonly mails: readonly Mail[]; readonly refused: number }> {
  const readings = await Promise.all(raws.map((raw) => parseMail(raw)));
  const mails = readings.flatMap((reading) => (reading.kind === 'mail' ? [reading.mail] : []));
  return { mails, refused: raws.length - mails.length };
}

/** Every mail is somewhere: in a series, a proposal, or refused with a sentence; a reply may also just talk. */
function accounted({ series, pasted, rejected }: Assembly, mails: readonly Mail[]): readonly string[] {
  const named = new Set([
    ...series.flatMap((entry) => [entry.cover?.messageId, ...entry.patches.map((patch) => patch.mail.messageId)]),
    ...pasted.map((entry) => entry.mail.messageId),
    ...rejected.map((entry) => entry.messageId),
  ]);
  return mails
    .filter((each) => !named.has(each.messageId) && !/^(?:\[[^\]]*\]\s*)?(?:re|aw|fwd?)\b/i.test(each.subject))
    .map((each) => each.subject);
}

/** One thing that may happen to a mail, or that somebody does to it. `at` and `size` are shares of its length. */
interface Damage {
  readonly kind: 'flip' | 'cut' | 'copy' | 'insert' | 'swap';
  readonly at: number;
  readonly size: number;
  readonly text: string;
}

const SPLINTERS = [
  'Subject: [PATCH 99/2] x\n',
  'References: <a@b> <a@b>\n',
  'Content-Type: multipart/mixed; boundary=x\n\n--x\n',
  'Content-Transfer-Encoding: base64\n',
  'Content-Type: text/plain; format=flowed; charset=utf-7\n',
  '=?utf-8?b?8J+YgA?=',
  '\n@@ -1,99999999 +1 @@\n',
  '\ndiff --git a/../../x b/../../x\n',
  '\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+x\n',
  '\nGIT binary patch\nliteral 99999999\n',
  '\0\ufeff\u202e',
  '>'.repeat(300),
  '\r\n\r\n',
  '\n---\n',
  'From mboxrd@z Thu Jan  1 00:00:00 1970\n',
];

const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('flip', 'cut', 'copy', 'insert', 'swap'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  size: fc.double({ min: 0, max: 0.2, noNaN: true }),
  text: fc.constantFrom(...SPLINTERS),
});

function damaged(raw: Buffer, { kind, at, size, text }: Damage): Buffer {
  const from = Math.floor(at * raw.length);
  const to = Math.min(raw.length, from + Math.ceil(size * raw.length));
  const part = raw.subarray(from, to);
  switch (kind) {
    case 'flip': {
      const copy = Buffer.from(raw);
      copy.writeUInt8((copy[from] ?? 0) ^ 0x55, Math.min(from, copy.length - 1));
      return copy;
    }
    case 'cut':
      return Buffer.concat([raw.subarray(0, from), raw.subarray(to)]);
    case 'copy':
      return Buffer.concat([raw.subarray(0, to), part, raw.subarray(to)]);
    case 'insert':
      return Buffer.concat([raw.subarray(0, from), Buffer.from(text), raw.subarray(from)]);
    case 'swap':
      return Buffer.concat([raw.subarray(to), raw.subarray(0, to)]);
  }
}

/** The same ten thousand each time, and as many again that nobody has seen. */
const SEEDS = [1, Date.now() & 0x7fffffff];
const RUNS = 2500;

describe('mails that were damaged or made to do damage', () => {
  const sources = FIXTURES.flatMap((path) => split(path)).filter((raw) => raw.length > 0);

  it.each(SEEDS)(
    'are read, or refused with a reason (seed %i)',
    async (seed) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(sources.length - 1), fc.array(damage, { minLength: 1, maxLength: 4 })), { minLength: 4, maxLength: 4 }),
          async (picks) => {
            const raws = picks.map(([i, damages]) =>
              damages.reduce((raw, each) => (raw.length === 0 ? raw : damaged(raw, each)), sources[i] ?? Buffer.alloc(0)),
            );
            const { mails, refused } = await read(raws);
            const assembly = assemble(mails);
            expect(assembly.series.length + assembly.pasted.length + assembly.rejected.length + refused).toBeGreaterThan(0);
            for (const series of assembly.series) {
              const missing = series.total - new Set(series.patches.map((patch) => patch.index)).size;
              if (missing > 0) expect(series.problems).not.toEqual([]);
              for (const { diff } of series.patches) {
                for (const file of diff.files)
                  for (const path of [file.oldPath, file.newPath]) expect(path ?? '').not.toMatch(/^\/|(?:^|\/)\.\.(?:\/|$)/);
              }
            }
            expect(accounted(assembly, mails)).toEqual([]);
          },
        ),
        { numRuns: RUNS, seed },
      );
    },
    120_000,
  );

  it('name no path outside the tree, whatever a diff or a message-id says', () => {
    const paths = ['../../etc/passwd', '/etc/passwd', 'a/../../../x', '..', 'mm/\u0000x'];
    const assembly = assemble(
      paths.map((path, i) =>
        mail({ subject: `[PATCH ${i + 1}/9] x`, messageId: `../../${i}@x`, date: Date.UTC(2077, 1, 1), body: patchBody(path, 'x();') }),
      ),
    );
    for (const { diff } of assembly.series.flatMap((series) => series.patches)) {
      for (const { oldPath, newPath } of diff.files) for (const path of [oldPath, newPath]) expect(path ?? '').not.toMatch(/^\/|\.\.|\0/);
    }
    expect(assembly.rejected.length).toBeGreaterThanOrEqual(4);
    expect(assembly.rejected.every((entry) => entry.why.includes('the diff at line'))).toBe(true);
  });

  it.each<[string, readonly Mail[]]>([
    [
      'a loop',
      [0, 1, 2].map((i) =>
        mail({ subject: `[PATCH ${i + 1}/3] x`, messageId: `l${i}`, inReplyTo: `l${(i + 1) % 3}`, body: patchBody(`${i}.c`, 'x();') }),
      ),
    ],
    [
      'a mail that answers itself',
      [mail({ subject: '[PATCH] x', messageId: 's', inReplyTo: 's', references: ['s', 's'], body: patchBody('a.c', 'x();') })],
    ],
    [
      'ten thousand references',
      [mail({ subject: '[PATCH] x', references: Array.from({ length: 10_000 }, (_, i) => `r${i}@x`), body: patchBody('a.c', 'x();') })],
    ],
    [
      'a thread of five thousand, each below the one before',
      Array.from({ length: 5000 }, (_, i) =>
        mail({
          subject: `[PATCH ${i + 1}/5000] x`,
          messageId: `d${i}`,
          inReplyTo: i === 0 ? null : `d${i - 1}`,
          body: patchBody(`${i}.c`, 'x();'),
        }),
      ),
    ],
    [
      'five thousand answers to one patch',
      [
        mail({ subject: '[PATCH] x', messageId: 'one', body: patchBody('a.c', 'x();') }),
        ...Array.from({ length: 5000 }, (_, i) =>
          mail({ subject: 'Re: [PATCH] x', messageId: `t${i}`, inReplyTo: i === 0 ? 'one' : `t${i - 1}`, body: '> x\n' }),
        ),
      ],
    ],
  ])('%s is one series', (_name, mails) => {
    const { series } = assemble(mails);
    expect(series).toHaveLength(1);
    expect(series[0]?.problems).toEqual([]);
  });

  it('submodules, symbolic links and binaries are patches, and say so', () => {
    const body = [
      'diff --git a/link b/link',
      'new file mode 120000',
      '--- /dev/null',
      '+++ b/link',
      '@@ -0,0 +1 @@',
      '+/etc/passwd',
      '\\ No newline at end of file',
      'diff --git a/sub b/sub',
      'index 1111111..2222222 160000',
      '--- a/sub',
      '+++ b/sub',
      '@@ -1 +1 @@',
      `-Subproject commit ${'1'.repeat(40)}`,
      `+Subproject commit ${'2'.repeat(40)}`,
      'diff --git a/logo b/logo',
      'index 1111111..2222222 100644',
      'Binary files a/logo and b/logo differ',
      '',
    ].join('\n');
    const { series } = assemble([mail({ subject: '[PATCH] x', body })]);
    expect(series[0]?.patches[0]?.diff.files.map((file) => file.newPath)).toEqual(['link', 'sub', 'logo']);
  });
});

describe('what no mail can hang', () => {
  const HEAD = 'From: Ada <ada@kernel.invalid>\nDate: Mon, 3 Jun 2024 10:00:00 +0200\nMessage-ID: <a@kernel.invalid>\n';
  const LONG = 900_000;

  it.each<[string, string, string]>([
    ['a subject of a megabyte', `Subject: [PATCH] ${'x'.repeat(1 << 20)}\n${HEAD}\nx`, 'the head of the mail is longer than 1 MiB'],
    ['a subject somewhat below', `Subject: [PATCH ${'1'.repeat(LONG)}/2] x\n${HEAD}\nx`, 'no diff'],
    ['brackets', `Subject: ${'['.repeat(LONG)}\n${HEAD}\nx`, 'no diff'],
    ['an address without end', `From: ${'<'.repeat(LONG)}\nSubject: [PATCH 1/2] x\n\nx`, 'no diff'],
    [
      'blanks in quoted-printable',
      `${HEAD}Subject: x\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: quoted-printable\n\n${' '.repeat(LONG)}x`,
      'blanks in a row',
    ],
    [
      'a body of base64',
      `${HEAD}Subject: x\nContent-Transfer-Encoding: base64\n\n${Buffer.alloc(4 << 20, '@@ -1 +1 @@\n').toString('base64')}`,
      'no diff',
    ],
    ['parts in parts', `${HEAD}Subject: x\n${'Content-Type: multipart/mixed; boundary=x\n\n--x\n'.repeat(5000)}`, 'cannot be decoded'],
    [
      'heads of hunks',
      `${HEAD}Subject: [PATCH] x\n\n--- a/x\n+++ b/x\n${'@@ -1,3 +1,3 @@\n'.repeat(60_000)}`,
      'no part of the diff can be used',
    ],
  ])('%s', async (_name, raw, why) => {
    const reading = await parseMail(Buffer.from(raw, 'latin1'));
    const said = reading.kind === 'rejected' ? reading.rejection.why : (assemble([reading.mail]).rejected[0]?.why ?? '');
    expect(said).toContain(why);
  });
});

describe('real threads', () => {
  it.skipIf(threads === null)('give the same series in whatever order their mails come', async () => {
    const corpus = join(threads ?? '', 'corpus');
    for (const name of readdirSync(corpus).filter((entry) => entry.endsWith('.mbox'))) {
      const { mails } = await read(split(join(corpus, name)));
      const expected = JSON.stringify(assemble(mails));
      for (const other of [[...mails].reverse(), ...fc.sample(fc.shuffledSubarray([...mails], { minLength: mails.length }), 2)])
        expect(JSON.stringify(assemble(other)) === expected, name).toBe(true);
    }
  });
});
