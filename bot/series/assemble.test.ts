import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeIo } from '../ingest/source.js';
import { loadMails } from '../ingest/mails.js';
import { assemble } from './assemble.js';
import { mail, patchBody } from './testing/mail.js';
import type { Assembly } from './types.js';

const show = (assembly: Assembly): readonly string[] =>
  assembly.series.map(
    (series) => `v${series.version} ${series.patches.map((patch) => patch.index).join(',')}/${series.total}${series.cover ? ' cover' : ''}`,
  );

async function fixture(name: string): Promise<Assembly> {
  return assemble((await loadMails(`fixtures/mails/${name}`, nodeIo)).mails);
}

describe('two versions, out of order, with replies', () => {
  it('makes two series and two proposals', async () => {
    const assembly = await fixture('series-v1-v2.mbox');
    expect(show(assembly)).toEqual(['v1 1/2', 'v2 1,2/2 cover']);
    expect(assembly.series[0]?.problems).toEqual(['patch 2 of 2 is not in the source']);
    expect(assembly.series[1]).toMatchObject({ title: 'Flush a mapping before its table goes', prefixes: ['RFC', 'RFT'], problems: [] });
    expect(assembly.pasted.map((entry) => [entry.ordinal, entry.diff.files[0]?.newPath, entry.about])).toEqual([
      [1, 'mm/drop.c', { messageId: '20240603080000.77-2-ada@kernel.invalid', version: 2 }],
      [2, 'mm/walk.c', { messageId: '20240603080000.77-2-ada@kernel.invalid', version: 2 }],
    ]);
    expect(assembly.rejected).toEqual([]);
  });

  it('un-escapes From lines', async () => {
    const assembly = await fixture('series-v1-v2.mbox');
    expect(assembly.series[1]?.patches[1]?.mail.body).toContain('\nFrom here on');
  });
});

describe('a patch that only a reply quotes', () => {
  it('is put together at depth 2, with every file and hunk, and its repairs', async () => {
    const assembly = await fixture('reply-deep-quote.mbox');
    expect(show(assembly)).toEqual(['v3 2/5']);
    const series = assembly.series[0];
    const patch = series?.patches[0];
    expect(patch?.via).toEqual({ kind: 'quoted', quotedBy: 'answer@kernel.invalid' });
    expect(patch?.mail.messageId).toBe('original@kernel.invalid');
    expect(patch?.mail.from).toBe('Ada Writer');
    expect(patch?.title).toBe('mm: mark a fresh mapping instead of flushing it');
    expect(patch?.diff.files.map((file) => [file.newPath, file.hunks.length])).toEqual([
      ['arch/toy/include/asm/fresh.h', 1],
      ['arch/toy/kernel/entry.S', 1],
    ]);
    expect(patch?.diff.problems).toEqual([]);
    expect(patch?.diff.repairs.length).toBeGreaterThan(0);
    expect(series?.problems[0]).toBe('patches 1 and 3-5 of 5 are not in the source');
    expect(series?.problems[1]).toContain('put together from the quote in <answer@kernel.invalid>');
    expect(assembly.pasted).toEqual([]);
  });

  const quote = (text: string): string =>
    text
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n');

  it('takes the most complete of two quotes', () => {
    const whole = quote(patchBody('mm/a.c', 'one();'));
    const cut = quote('diff --git a/mm/a.c b/mm/a.c\n--- a/mm/a.c\n+++ b/mm/a.c\n@@ -1,2 +1,3 @@ void f(void)\n {\n+\tone();');
    const fields = { subject: 'Re: [PATCH 1/1] x', inReplyTo: 'gone@kernel.invalid' };
    const assembly = assemble([mail({ ...fields, body: cut }), mail({ ...fields, messageId: 'best@kernel.invalid', body: whole })]);
    expect(assembly.series[0]?.patches[0]?.via).toEqual({ kind: 'quoted', quotedBy: 'best@kernel.invalid' });
  });

  it('is not made of less than a whole hunk', () => {
    const cut = quote('diff --git a/mm/a.c b/mm/a.c\n--- a/mm/a.c\n+++ b/mm/a.c\n@@ -1,2 +1,3 @@ void f(void)\n {\n+\tone();');
    const assembly = assemble([mail({ subject: 'Re: [PATCH] x', inReplyTo: 'gone@kernel.invalid', body: cut })]);
    expect(assembly.series).toEqual([]);
    expect(assembly.rejected[0]?.why).toContain('no whole hunk');
  });

  it('is ignored when the mail is here, even where the client wrapped the quote', () => {
    const patch = mail({ subject: '[PATCH] x', messageId: 'here@kernel.invalid', body: patchBody('mm/a.c', 'one();') });
    const reply = mail({ subject: 'Re: [PATCH] x', inReplyTo: 'here@kernel.invalid', body: quote(patchBody('mm/a.c', 'one ( );')) });
    expect(show(assemble([patch, reply]))).toEqual(['v1 1/1']);
    expect(assemble([patch, reply]).pasted).toEqual([]);
  });

  it('is a proposal when it is another diff than the patch of that place', () => {
    const patch = mail({ subject: '[PATCH] x', messageId: 'here@kernel.invalid', body: patchBody('mm/a.c', 'one();') });
    const reply = mail({
      subject: 'Re: [PATCH] x',
      inReplyTo: 'absent@kernel.invalid',
      references: ['here@kernel.invalid', 'absent@kernel.invalid'],
      body: quote(patchBody('mm/b.c', 'two();')),
    });
    const assembly = assemble([patch, reply]);
    expect(show(assembly)).toEqual(['v1 1/1']);
    expect(assembly.pasted.map((entry) => [entry.mail.messageId, entry.about?.messageId])).toEqual([
      ['absent@kernel.invalid', 'here@kernel.invalid'],
    ]);
  });
});

describe('grouping', () => {
  const series = (version: string, parent: string | null, name: string): ReturnType<typeof mail>[] =>
    [1, 2].map((n) =>
      mail({
        subject: `[PATCH ${version}${n}/2] p${n}`,
        inReplyTo: parent,
        references: parent === null ? [] : [parent],
        body: patchBody(`mm/${name}${n}.c`, 'x();'),
      }),
    );

  it('keeps apart stable mails of different queues', () => {
    const mails = [
      mail({ subject: '[PATCH 6.6 66/67] a', inReplyTo: 'queue-a', body: patchBody('a.c', 'a();') }),
      mail({ subject: '[PATCH 6.6 67/67] b', inReplyTo: 'queue-a', body: patchBody('b.c', 'b();') }),
      mail({ subject: '[PATCH 6.6 102/252] c', inReplyTo: 'queue-b', body: patchBody('c.c', 'c();') }),
    ];
    const assembly = assemble(mails);
    expect(show(assembly)).toEqual(['v1 66,67/67', 'v1 102/252']);
    expect(assembly.series[0]?.problems).toEqual(['patches 1-65 of 67 are not in the source']);
  });

  it('a second version that answers the first cover stands alone', () => {
    const cover = mail({ subject: '[PATCH 0/2] c', messageId: 'cover@kernel.invalid' });
    expect(show(assemble([cover, ...series('', 'cover@kernel.invalid', 'a'), ...series('v2 ', 'cover@kernel.invalid', 'b')]))).toEqual([
      'v1 1,2/2 cover',
      'v2 1,2/2',
    ]);
  });

  it('a cover with the wrong version keeps its patches', () => {
    const cover = mail({ subject: '[PATCH v3 0/2] c', messageId: 'cover@kernel.invalid' });
    expect(show(assemble([cover, ...series('v4 ', 'cover@kernel.invalid', 'a')]))).toEqual(['v4 1,2/2 cover']);
  });

  it('says once when the same mail came twice', () => {
    const one = mail({ subject: '[PATCH] a', body: patchBody('a.c', 'a();') });
    expect(assemble([one, one]).rejected.map((entry) => entry.why)).toEqual(['the same mail came twice']);
  });

  it('does not review a patch again because a robot announced it', () => {
    const patch = mail({ subject: '[PATCH] a', body: patchBody('a.c', 'a();') });
    const notice = mail({ subject: 'Patch "a" has been added to the tree', body: patchBody('a.c', 'a();') });
    const assembly = assemble([notice, patch]);
    expect(show(assembly)).toEqual(['v1 1/1']);
    expect(assembly.rejected[0]?.why).toContain('the same diff as');
  });

  it('does not care for the order of the mails', () => {
    const cover = mail({ subject: '[PATCH v2 0/2] c', messageId: 'c2@kernel.invalid' });
    const mails = [...series('', null, 'a'), cover, ...series('v2 ', 'c2@kernel.invalid', 'b')];
    const expected = show(assemble(mails));
    fc.assert(
      fc.property(fc.shuffledSubarray(mails, { minLength: mails.length }), (shuffled) => {
        expect(show(assemble(shuffled))).toEqual(expected);
      }),
    );
  });
});

describe('what is missing or unreadable is said', () => {
  it.each([
    ['[PATCH] x', 'no diff here', 'the subject says patch, but the mail has no diff'],
    ['[PATCH 0/3] c', '', 'a cover letter whose patches are not in the source'],
    ['hello', 'world', 'the mail has no diff'],
    ['Re: [PATCH] x', 'I like it', 'none of the 1 mail holds a diff'],
    ['Re: [PATCH] x', '+a\n+b();\n+c\n+d\n', '4 lines of the reply begin with a plus'],
    ['Re: [PATCH] x', '--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n a\n+b\n', 'a diff in the reply cannot be read'],
  ])('%s', (subject, body, why) => {
    const assembly = assemble([mail({ subject, body })]);
    expect(assembly.series).toEqual([]);
    expect(assembly.rejected).toHaveLength(1);
    expect(assembly.rejected[0]?.why).toContain(why);
  });

  it('a numbered mail cut in mid-hunk', () => {
    const cut = patchBody('b.c', 'b();').split('\n').slice(0, -4).join('\n');
    const assembly = assemble([
      mail({ subject: '[PATCH 1/2] a', messageId: 'p1', body: patchBody('a.c', 'a();') }),
      mail({ subject: '[PATCH 2/2] b', inReplyTo: 'p1', body: cut }),
    ]);
    expect(show(assembly)).toEqual(['v1 1/2']);
    expect(assembly.series[0]?.problems[0]).toContain('patch 2 of 2: no part of the diff can be used: the hunk at line');
  });

  it('no mail at all', () => {
    expect(assemble([])).toEqual({ series: [], pasted: [], rejected: [] });
  });
});
