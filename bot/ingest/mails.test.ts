import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../series/assemble.js';
import { loadMails } from './mails.js';
import { DEFAULT_LIMITS } from './raw.js';
import { nodeIo, type SourceIo } from './source.js';

const DIFF = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n';
const MAIL = `From: A <a@b.invalid>\nSubject: [PATCH] x\nMessage-ID: <x@b.invalid>\nDate: Mon, 3 Jun 2024 10:00:00 +0200\n\nwhy\n---\n${DIFF}`;
const MBOX = `From mboxrd@z Thu Jan  1 00:00:00 1970\n${MAIL}\n`;

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'faultline-ingest-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function load(name: string, content: string | Uint8Array): ReturnType<typeof loadMails> {
  await writeFile(join(root, name), content);
  return loadMails(join(root, name));
}

describe('one file', () => {
  it.each([
    ['a.mbox', MBOX],
    ['a.eml', MAIL],
    ['a.patch', DIFF],
    ['a.mbox.gz', gzipSync(MBOX)],
  ])('%s has one mail', async (name, content) => {
    const loaded = await load(name, content);
    expect(loaded.rejected).toEqual([]);
    expect(loaded.mails).toHaveLength(1);
    expect(assemble(loaded.mails).series[0]?.patches[0]?.diff.files[0]?.newPath).toBe('x');
  });

  it('a bare diff takes its title from git show, else from the file', async () => {
    expect((await load('fix.patch', DIFF)).mails[0]).toMatchObject({
      subject: 'fix.patch',
      problems: ['the input is a bare diff without mail headers', expect.stringContaining('Message-ID')],
    });
    expect(
      (await load('s.diff', `commit 0123456789\nAuthor: A <a@b>\nDate:   now\n\n    mm: a title\n\n    text\n\n${DIFF}`)).mails[0]?.subject,
    ).toBe('mm: a title');
  });

  it.each([
    ['empty', '', 'the file is empty'],
    ['page.html', '<!doctype html><html><body>404</body></html>', 'an HTML page, not a mail'],
    ['prog', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0]), 'a binary file'],
    ['notes.txt', 'Dear reader,\nno mail.\n', 'neither a mail'],
    ['twice.gz', gzipSync(gzipSync(MBOX)), 'packed twice'],
    ['broken.gz', gzipSync(MBOX).subarray(0, 60), 'cannot be read'],
  ])('%s is refused in one sentence', async (name, content, why) => {
    const loaded = await load(name, content);
    expect(loaded.mails).toEqual([]);
    expect(loaded.rejected).toHaveLength(1);
    expect(loaded.rejected[0]?.why).toContain(why);
  });

  it('says that a file is not there', async () => {
    expect((await loadMails(join(root, 'none'))).rejected[0]?.why).toContain('there is no such file or folder');
  });

  it('a mail with no patch is loaded, and refused by the assembly', async () => {
    const loaded = await load('talk.eml', 'From: a\nSubject: hello\nDate: x\n\nhi\n');
    expect(assemble(loaded.mails).rejected[0]?.why).toBe('the mail has no diff');
  });
});

describe('folders', () => {
  it('a Maildir', async () => {
    const box = join(root, 'maildir');
    for (const name of ['cur', 'new', 'tmp']) await mkdir(join(box, name), { recursive: true });
    await writeFile(join(box, 'cur', '1:2,S'), MAIL);
    await writeFile(join(box, 'new', '2'), MAIL.replace('x@b', 'y@b'));
    await writeFile(join(box, 'tmp', '3'), MAIL);
    expect((await loadMails(box)).mails.map((mail) => mail.messageId)).toEqual(['x@b.invalid', 'y@b.invalid']);
  });

  it('a folder of patches, in order, and links out of it are not followed', async () => {
    const folder = join(root, 'patches');
    await mkdir(folder);
    await writeFile(join(folder, '0002.patch'), MBOX.replace('x@b', 'two@b'));
    await writeFile(join(folder, '0001.patch'), MBOX.replace('x@b', 'one@b'));
    await symlink('/etc/hostname', join(folder, '0003.patch'));
    const loaded = await loadMails(folder);
    expect(loaded.mails.map((mail) => mail.messageId)).toEqual(['one@b.invalid', 'two@b.invalid']);
    expect(loaded.rejected.map((entry) => entry.why)).toEqual([expect.stringContaining('not followed')]);
  });

  it('an empty folder', async () => {
    await mkdir(join(root, 'nothing'));
    expect((await loadMails(join(root, 'nothing'))).rejected[0]?.why).toContain('holds no files');
  });
});

describe('standard input and large sources', () => {
  async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text);
    for (let i = 0; i < bytes.length; i += size) yield await Promise.resolve(bytes.subarray(i, i + size));
  }

  const io = (text: string, size: number): SourceIo => ({ ...nodeIo, stdin: () => pieces(text, size) });

  it('reads - in pieces', async () => {
    expect((await loadMails('-', io(MBOX + MBOX.replace('x@b', 'y@b'), 7))).mails).toHaveLength(2);
  });

  it('above the limit decodes only what may hold a patch, and covers', async () => {
    const talk = MBOX.replace('[PATCH] x', 'Re: talk').replace(DIFF, 'words\n');
    const cover = MBOX.replace('[PATCH] x', '[PATCH v2 0/3] c').replace(DIFF, 'words\n');
    const text = Array.from({ length: 50 }, (_, n) => (talk + cover + MBOX).replaceAll('x@b', `${n}@b`)).join('');
    const loaded = await loadMails('-', io(text, 1000), { ...DEFAULT_LIMITS, decodeAllBytes: 0 });
    expect(loaded.skipped).toBe(50);
    expect(loaded.mails).toHaveLength(100);
  });

  it('does not read a mail that is too large, and goes on', async () => {
    const text = MBOX.replace('why', 'w'.repeat(5000)) + MBOX;
    const loaded = await loadMails('-', io(text, 512), { ...DEFAULT_LIMITS, mailBytes: 2000 });
    expect(loaded.mails).toHaveLength(1);
    expect(loaded.rejected[0]?.why).toContain('larger than the limit');
    expect(loaded.rejected[0]?.subject).toBe('[PATCH] x');
  });

  it('stops at the end of its patience', async () => {
    const loaded = await loadMails('-', io(MBOX.repeat(20000), 1 << 16), { ...DEFAULT_LIMITS, sourceBytes: 1 << 20 });
    expect(loaded.rejected[0]?.why).toContain('the rest is not read');
  });
});
