import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TINY_KERNEL, writeFiles } from '../tree/testing/repository.js';
import { faultline, type Ran, showsInside } from './testing/run.js';

const HEAD = 'From: Ada <ada@kernel.invalid>\nDate: Mon, 3 Jun 2077 10:00:00 +0200\nMessage-ID: <../../../a@kernel.invalid>\n';
const PATCH = `${HEAD}Subject: [PATCH] mm: x\n\nWhy.\n---\n`;
const diff = (path: string, ...lines: readonly string[]): string => [`--- a/${path}`, `+++ b/${path}`, ...lines, ''].join('\n');

/** Each mail, and what must be said of it. */
const MAILS: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ['a diff that leaves the tree', `${PATCH}${diff('../../mark', '@@ -0,0 +1 @@', '+x')}`, /leaves the tree/],
  ['a path from the root', `${PATCH}--- /dev/null\n+++ /tmp/mark\n@@ -0,0 +1 @@\n+x\n`, /the diff at line/],
  [
    'a symbolic link',
    `${PATCH}diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n`,
    /mm: x/,
  ],
  [
    'a submodule',
    `${PATCH}diff --git a/s b/s\nindex 1111111..2222222 160000\n${diff('s', '@@ -1 +1 @@', '-Subproject commit 1111111', '+Subproject commit 2222222')}`,
    /mm: x/,
  ],
  ['a subject of a megabyte', `Subject: [PATCH] ${'x'.repeat(1 << 20)}\n${HEAD}\nx`, /longer than 1 MiB/],
  [
    'ten thousand references',
    `${HEAD}References: ${Array.from({ length: 10_000 }, (_, i) => `<${i}@x>`).join('\n ')}\nSubject: [PATCH] x\n\nx`,
    /no diff/,
  ],
  ['a mail packed a thousandfold', gzipSync(`${HEAD}Subject: x\n\n${' '.repeat(17 << 20)}`), /larger than 16 MiB/],
  [
    'fifty thousand hunks',
    `${PATCH}--- a/mm/x.c\n+++ b/mm/x.c\n${Array.from({ length: 50_000 }, (_, i) => `@@ -${i * 9 + 1} +${i * 9 + 1} @@\n-a\n+b\n`).join('')}`,
    /mm: x/,
  ],
  ['colours and bells', `${HEAD}Subject: [PATCH] \u001b[31m\u0007x\n\nx`, /no diff/],
];

describe('mails made to do damage', () => {
  let folder = '';
  let before: readonly string[] = [];
  const all = (): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.startsWith('user'))
      .sort();
  const run = (...args: readonly string[]): Ran =>
    faultline(args, '', { HOME: join(folder, 'user'), XDG_DATA_HOME: join(folder, 'user'), XDG_CACHE_HOME: join(folder, 'user') });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'faultline-hostile-'));
    for (const name of ['user', 'mails', 'tree']) mkdirSync(join(folder, name));
    writeFiles(join(folder, 'tree'), TINY_KERNEL);
    for (const [i, [, raw]] of MAILS.entries()) {
      const own = typeof raw === 'string' ? raw.replace('/a@kernel', `/${i}@kernel`) : raw;
      writeFileSync(join(folder, 'mails', `${i}.eml`), own);
    }
    before = all();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function expectHarmless(ran: Ran): void {
    expect(showsInside(ran.stdout + ran.stderr)).toBe(false);
    expect([0, 1, 2]).toContain(ran.status);
    expect(ran.stdout.length + ran.stderr.length).toBeLessThan(100_000);
    expect(ran.stdout + ran.stderr).not.toMatch(/[\u0007\u001b]/);
    expect(all()).toEqual(before);
  }

  it.each(MAILS.map(([name, , said], i) => [name, i, said] as const))('review: %s', (_name, i, said) => {
    const mail = join(folder, 'mails', `${i}.eml`);
    for (const where of [[], ['--tree', join(folder, 'tree'), '--no-cache']]) {
      const ran = run('review', mail, ...where);
      expectHarmless(ran);
      expect(ran.said).toMatch(said);
    }
  });

  it('ingest and series: all of them', () => {
    expectHarmless(run('ingest', join(folder, 'mails')));
    const listed = run('series', '--problems');
    expectHarmless(listed);
    expect(listed.said).toMatch(/leaves the tree/);
    expect(listed.said).toMatch(/longer than 1 MiB/);
  });
});
