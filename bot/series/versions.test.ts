import { describe, expect, it } from 'vitest';
import { assemble } from './assemble.js';
import { mail, patchBody } from './testing/mail.js';
import type { Assembly, Mail } from './types.js';

const HOUR = 60 * 60 * 1000;

const show = (assembly: Assembly): readonly string[] =>
  assembly.series.map(({ version, patches, total, cover }) => {
    const indices = patches.map((patch) => (patch.via.kind === 'earlier' ? `${patch.index}=v${patch.via.version}` : patch.index));
    return `v${version} ${indices.join()}/${total}${cover ? ' cover' : ''}`;
  });

const patch = (subject: string, id: string, parent: string | null, more: Partial<Mail> = {}): Mail =>
  mail({
    subject,
    messageId: id,
    inReplyTo: parent,
    references: parent === null ? [] : [parent],
    body: patchBody(`mm/${id.replace(/\W/g, '')}.c`, `${id.replace(/\W/g, '')}();`),
    ...more,
  });

const three = (version: string, name: string): readonly Mail[] => [
  patch(`[PATCH ${version}1/3] one`, `${name}-1`, null),
  patch(`[PATCH ${version}2/3] two`, `${name}-2`, `${name}-1`),
  patch(`[PATCH ${version}3/3] three`, `${name}-3`, `${name}-1`),
];

describe('a version of which only some patches were sent', () => {
  it('takes the others from the version before', () => {
    const assembly = assemble([...three('', 'a'), patch('[PATCH v2 2/3] two', 'b-2', 'a-2')]);
    expect(show(assembly)).toEqual(['v1 1,2,3/3', 'v2 1=v1,2,3=v1/3']);
    expect(assembly.series[1]?.problems).toEqual(['patches 1 and 3 of 3 were not sent again and are taken from v1']);
  });

  it('goes on from there', () => {
    const mails = [...three('', 'a'), patch('[PATCH v2 2/3] two', 'b-2', 'a-2'), patch('[PATCH v3 3/3] three', 'c-3', 'a-3')];
    expect(show(assemble([...mails, patch('[PATCH v4 2/3] two', 'd-2', 'b-2')]))).toEqual([
      'v1 1,2,3/3',
      'v2 1=v1,2,3=v1/3',
      'v3 1=v1,2=v1,3/3',
      'v4 1=v1,2,3=v1/3',
    ]);
  });

  it('may leave out the numbers', () => {
    const assembly = assemble([...three('', 'a'), patch('[PATCH v2] two', 'b-2', 'a-2')]);
    expect(show(assembly)).toEqual(['v1 1,2,3/3', 'v2 1=v1,2,3=v1/3']);
  });

  it('may stay at the version', () => {
    const assembly = assemble([...three('', 'a'), patch('[PATCH again 2/3] two', 'b-2', 'a-2')]);
    expect(show(assembly)).toEqual(['v1 1,2,3/3', 'v1 1=v1,2,3=v1/3']);
    expect(assembly.series[1]?.problems).toEqual([
      'patches 1 and 3 of 3 were not sent again and are taken from the series that this answers',
    ]);
  });

  it.each<[string, () => Mail, string]>([
    ['answers another patch', () => patch('[PATCH v2 2/3] two', 'b-2', 'a-1'), 'v2 2/3'],
    ['counts otherwise', () => patch('[PATCH v2 2/4] two', 'b-2', 'a-2'), 'v2 2/4'],
    ['has another author', () => patch('[PATCH v2 2/3] two', 'b-2', 'a-2', { from: 'Ben <ben@kernel.invalid>' }), 'v2 2/3'],
    ['has another title', () => patch('[PATCH v2] else', 'b-2', 'a-2'), 'v2 1/1'],
  ])('is not made of a patch that %s', (_name, reroll, shown) => {
    expect(show(assemble([...three('', 'a'), reroll()]))).toEqual(['v1 1,2,3/3', shown]);
  });

  it('does not hide a patch that came damaged', () => {
    const body = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n+x\n';
    const assembly = assemble([
      ...three('', 'a'),
      patch('[PATCH v2 2/3] two', 'b-2', 'a-2'),
      patch('[PATCH v2 3/3] three', 'b-3', 'a-3', { body }),
    ]);
    expect(show(assembly)).toEqual(['v1 1,2,3/3', 'v2 1=v1,2/3']);
    expect(assembly.series[1]?.problems[0]).toContain('patch 3 of 3: no part of the diff can be used');
  });
});

describe('the same series again', () => {
  const again = (name: string, prefix: string): readonly Mail[] =>
    [1, 2].map((n) => mail({ subject: `[${prefix} ${n}/2] p${n}`, messageId: `${name}-${n}`, body: patchBody(`mm/${n}.c`, 'x();') }));

  it('is a series that says which it repeats, and a RESEND is one of its own', () => {
    const assembly = assemble([...again('a', 'PATCH'), ...again('b', 'PATCH'), ...again('c', 'RESEND PATCH')]);
    expect(show(assembly)).toEqual(['v1 1,2/2', 'v1 1,2/2', 'v1 1,2/2']);
    expect(assembly.series.map((series) => series.repeats)).toEqual([null, 'a-1', null]);
    expect(assembly.series[1]?.problems).toEqual(['the same patches as in the series of <a-1>, sent again']);
    expect(assembly.rejected.map((entry) => entry.why)).toEqual([
      'the same patch as <a-1>, sent again',
      'the same patch as <a-2>, sent again',
    ]);
  });

  it('of several lists, with their footers, is one mail each', () => {
    const one = mail({ subject: '[PATCH] x', messageId: 'x', body: patchBody('a.c', 'a();') });
    const copy = { ...one, body: `${one.body}____\nlist\n` };
    for (const mails of [
      [one, copy],
      [copy, one],
    ]) {
      const assembly = assemble(mails);
      expect(assembly.series[0]?.patches[0]?.mail.body).toBe(one.body);
      expect(assembly.rejected.map((entry) => entry.why)).toEqual([
        'another mail of the source has the same Message-ID and is taken in place of this one',
      ]);
    }
  });
});

describe('without a thread', () => {
  it('patches far apart in time are not one series', () => {
    const at = Date.UTC(2024, 1, 1);
    const first = mail({ subject: '[PATCH 1/2] a', date: at, body: patchBody('a.c', 'a();') });
    const near = mail({ subject: '[PATCH 2/2] b', date: at + HOUR / 2, body: patchBody('b.c', 'b();') });
    const far = mail({ subject: '[PATCH 2/2] b', date: at + 2 * HOUR, body: patchBody('b.c', 'b();') });
    expect(show(assemble([near, first]))).toEqual(['v1 1,2/2']);
    expect(show(assemble([far, first]))).toEqual(['v1 1/2', 'v1 2/2']);
  });
});

describe('cover letters without a number', () => {
  const cover = (subject: string, more: Partial<Mail> = {}): Mail => mail({ subject, messageId: 'cover', body: 'Why.\n', ...more });
  const patches = [patch('[PATCH 1/2] one', 'p-1', 'cover'), patch('[PATCH 2/2] two', 'p-2', 'cover')];

  it.each(['[PATCH] a rework', '[RFC] a rework', 'a rework'])('%s', (subject) => {
    const assembly = assemble([cover(subject), ...patches]);
    expect(show(assembly)).toEqual(['v1 1,2/2 cover']);
    expect(assembly.series[0]?.title).toBe('a rework');
    expect(assembly.rejected).toEqual([]);
  });

  it('are not what somebody else wrote, or what stands within a thread', () => {
    expect(show(assemble([cover('a question', { from: 'Ben <ben@kernel.invalid>' }), ...patches]))).toEqual(['v1 1,2/2']);
    expect(show(assemble([cover('a remark', { inReplyTo: 'gone' }), ...patches]))).toEqual(['v1 1,2/2']);
  });
});

describe('trailers', () => {
  it('are those of the message, of replies, and of replies to the cover letter, each once', () => {
    const reviewed = (id: string, to: string, who: string): Mail =>
      mail({
        subject: 'Re: [PATCH] x',
        messageId: id,
        inReplyTo: to,
        body: `> Acked-by: Not <not@kernel.invalid>\n\nReviewed-by: ${who}\n`,
      });
    const body = `Why.\n\nFixes: 0123456789ab ("x")\n[ada: shortened]\nSigned-off-by: Ada <ada@kernel.invalid>\n${patchBody('a.c', 'a();').slice(4)}`;
    const assembly = assemble([
      mail({ subject: '[PATCH 0/2] c', messageId: 'c' }),
      patch('[PATCH 1/2] one', 'p-1', 'c', { body }),
      patch('[PATCH 2/2] two', 'p-2', 'c'),
      reviewed('r-1', 'p-1', 'Ben <ben@kernel.invalid>'),
      reviewed('r-2', 'c', 'Cy <cy@kernel.invalid>'),
      reviewed('r-3', 'r-1', 'Dee'),
      { ...reviewed('r-4', 'r-1', 'Ben B. <BEN@kernel.invalid>'), references: ['c', 'p-1', 'r-1'] },
    ]);
    const trailers = assembly.series[0]?.patches.map((entry) =>
      entry.trailers.map(({ name, value, by }) => `${name}: ${value} ${by ?? '-'}`),
    );
    expect(trailers).toEqual([
      [
        'Fixes: 0123456789ab ("x") -',
        'Signed-off-by: Ada <ada@kernel.invalid> -',
        'Reviewed-by: Ben <ben@kernel.invalid> r-1',
        'Reviewed-by: Cy <cy@kernel.invalid> r-2',
      ],
      ['Reviewed-by: Cy <cy@kernel.invalid> r-2'],
    ]);
  });
});

it('says of a pull request that it is one', () => {
  const body =
    'The following changes since commit 0123456789abcdef:\n\n  x\n\nare available in the Git repository at:\n\n  git://kernel.invalid/x tags/y\n';
  expect(assemble([mail({ subject: '[GIT PULL] x', body })]).rejected[0]?.why).toContain('a pull request');
});
