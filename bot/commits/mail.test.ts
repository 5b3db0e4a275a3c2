import { describe, expect, it } from 'vitest';
import { parseMail } from '../mail/parse.js';
import { assemble } from '../series/assemble.js';
import { statedCommit } from '../series/base.js';
import type { Mail } from '../series/types.js';
import { type Commit, type Commits, patchMails } from './mail.js';

const commit = (n: number, fields: Partial<Commit> = {}): Commit => ({
  id: String(n).repeat(40),
  author: { name: 'Ada Müller, Esq.', address: 'ada@kernel.invalid' },
  date: Date.UTC(2024, 5, n),
  title: `mm: step ${String(n)}`,
  message: `Why ${String(n)}.`,
  diff: Buffer.from(
    `diff --git a/mm/a${String(n)}.c b/mm/a${String(n)}.c\n--- a/mm/a${String(n)}.c\n+++ b/mm/a${String(n)}.c\n@@ -1 +1,2 @@\n int a;\n+int b;\n`,
  ),
  ...fields,
});

const SERIES: Commits = { name: 'x', commits: [commit(1), commit(2)], base: 'b'.repeat(40), cover: null, changeId: null };

async function read(commits: Commits): Promise<Mail[]> {
  const mails: Mail[] = [];
  for (const raw of patchMails(commits)) {
    const reading = await parseMail(raw);
    if (reading.kind === 'mail') mails.push(reading.mail);
  }
  return mails;
}

describe('patchMails', () => {
  it('makes mails that assemble to the series that was committed', async () => {
    const mails = await read({ ...SERIES, changeId: 'topic-1' });
    const { series, rejected } = assemble(mails);
    expect(rejected).toEqual([]);
    expect(series.map(({ patches, total, problems }) => ({ titles: patches.map((patch) => patch.title), total, problems }))).toEqual([
      { titles: ['mm: step 1', 'mm: step 2'], total: 2, problems: [] },
    ]);
    expect(mails.map((mail) => [mail.from, mail.date])).toEqual(
      [1, 2].map((n) => ['"Ada Müller, Esq." <ada@kernel.invalid>', Date.UTC(2024, 5, n)]),
    );
    expect(statedCommit(mails)).toBe('b'.repeat(40));
    expect(mails[0]?.body).toContain('\nchange-id: topic-1\n');
  });

  it('puts the trailers of a series with a cover letter there', async () => {
    const author = { name: 'Ada', address: 'ada@kernel.invalid' };
    const mails = await read({ ...SERIES, cover: { title: 'Two steps', text: 'Text.', author, date: 0 } });
    const [series] = assemble(mails).series;
    expect(series).toMatchObject({ title: 'Two steps', total: 2, problems: [] });
    expect(statedCommit(series?.cover ? [series.cover] : [])).toBe('b'.repeat(40));
  });

  it('keeps a message from being taken for a diff or for trailers', async () => {
    const message = [
      'Look:',
      '---',
      'diff --git a/mm/evil.c b/mm/evil.c',
      '--- a/mm/evil.c',
      '+++ b/mm/evil.c',
      '@@ -1 +1,2 @@',
      ' int a;',
      '+evil',
      `base-commit: ${'e'.repeat(40)}`,
      '-- ',
      'end',
    ].join('\n');
    const mails = await read({ ...SERIES, commits: [commit(1, { message, title: 'a\nBcc: all@kernel.invalid' })] });
    const [series] = assemble(mails).series;
    expect(series?.patches.map((patch) => patch.diff.files.map((file) => file.newPath))).toEqual([['mm/a1.c']]);
    expect(statedCommit(mails)).toBe('b'.repeat(40));
    expect(patchMails({ ...SERIES, commits: [commit(1, { title: 'a\nBcc: all@kernel.invalid' })] })[0]?.toString()).not.toMatch(/^Bcc/m);
  });

  it('gives the same commits the same ids, and other ones to another series that shares a commit', async () => {
    const ids = (await read(SERIES)).map((mail) => mail.messageId);
    expect((await read(SERIES)).map((mail) => mail.messageId)).toEqual(ids);
    expect((await read({ ...SERIES, name: 'y' })).map((mail) => mail.messageId)).not.toEqual(ids);
  });
});
