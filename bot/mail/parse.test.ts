import { describe, expect, it } from 'vitest';
import type { Mail } from '../series/types.js';
import { messageIds, parseMailDate } from './header.js';
import { parseMail } from './parse.js';

async function read(lines: readonly string[], encoding: BufferEncoding = 'utf8'): Promise<Mail> {
  const reading = await parseMail(Buffer.from(lines.join('\n'), encoding));
  if (reading.kind === 'rejected') throw new Error(reading.rejection.why);
  return reading.mail;
}

const HEAD = ['From: Ada Writer <ada@kernel.invalid>', 'Date: Mon, 3 Jun 2024 10:00:00 +0200', 'Message-ID: <a@kernel.invalid>'];
const DIFF = ['--- a/x', '+++ b/x', '@@ -1,2 +1,3 @@', ' a ', '+\tb ', ' c', ''];

describe('parseMail', () => {
  it('gives fields as written and the body byte by byte', async () => {
    const mail = await read([
      ...HEAD,
      'Subject: [PATCH] a',
      ' folded title',
      'To: list@kernel.invalid, "Last, First" <x@kernel.invalid>',
      'In-Reply-To: message from Ben of today <p@kernel.invalid>',
      'References: <r@kernel.invalid>',
      '  <p@kernel.invalid>',
      '',
      ...DIFF,
    ]);
    expect(mail).toMatchObject({
      messageId: 'a@kernel.invalid',
      subject: '[PATCH] a folded title',
      from: 'Ada Writer <ada@kernel.invalid>',
      to: 'list@kernel.invalid, "Last, First" <x@kernel.invalid>',
      date: Date.UTC(2024, 5, 3, 8),
      dateHeader: 'Mon, 3 Jun 2024 10:00:00 +0200',
      inReplyTo: 'p@kernel.invalid',
      references: ['r@kernel.invalid', 'p@kernel.invalid'],
      problems: [],
    });
    expect(mail.body).toBe(DIFF.join('\n'));
  });

  it('decodes fields and character sets', async () => {
    const mail = await read(
      [
        'From: =?utf-8?q?J=C3=BCrgen?= <j@kernel.invalid>',
        'Subject: =?iso-8859-1?Q?gr=FC=DF?=',
        ...HEAD.slice(1),
        'Content-Type: text/plain; charset=iso-8859-1',
        '',
        'Gr\u00fc\u00dfe',
      ],
      'latin1',
    );
    expect(mail.from).toContain('Jürgen');
    expect(mail.subject).toBe('grüß');
    expect(mail.body.trim()).toBe('Grüße');
  });

  it('does not let format=flowed join lines', async () => {
    const body = ['+foo bar ', 'baz', '', '  \tcontext', ''];
    const mail = await read([
      ...HEAD,
      'Subject: x',
      'Content-Type: text/plain; charset=utf-8;',
      ' format="flowed"; delsp=yes',
      '',
      ...body,
    ]);
    expect(mail.body).toBe(body.join('\n'));
  });

  it('does not in a part either', async () => {
    const mail = await read([
      ...HEAD,
      'Content-Type: multipart/mixed; boundary="xx"',
      '',
      '--xx',
      'Content-Type: text/plain; format=flowed',
      '',
      'a b ',
      'c',
      '--xx',
      'Content-Type: text/x-patch; name="0001.patch"',
      'Content-Disposition: inline; filename="0001.patch"',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(DIFF.join('\n')).toString('base64'),
      '--xx--',
      '',
    ]);
    expect(mail.body).toContain('a b \nc');
    expect(mail.body).toContain(DIFF.join('\n'));
  });

  it('takes a diff that was attached as plain text, and no other text', async () => {
    const part = (text: string): readonly string[] => [
      '--xx',
      'Content-Type: text/plain; name="a.txt"',
      'Content-Disposition: attachment',
      '',
      text,
    ];
    const head = [...HEAD, 'Content-Type: multipart/mixed; boundary="xx"', '', '--xx', 'Content-Type: text/plain', '', 'hello'];
    const mail = await read([...head, ...part(DIFF.join('\n')), ...part('notes'), '--xx--', '']);
    expect(mail.body).toContain(DIFF.join('\n').trimEnd());
    expect(mail.body).not.toContain('notes');
  });

  it('makes the same id for the same bytes where there is none, and says so', async () => {
    const lines = ['From: a', 'Subject: x', 'Date: Mon, 3 Jun 2024 10:00:00 +0200', '', 'b'];
    const [one, two] = [await read(lines), await read(lines)];
    expect(one.messageId).toBe(two.messageId);
    expect(one.messageId).toMatch(/^[0-9a-f]{32}@no-message-id\.invalid$/);
    expect(one.problems).toEqual(['the mail has no Message-ID; one was made from its bytes']);
  });

  it.each([
    [['Subject: x', 'Date: not today', '', 'b'], 'the Date of the mail cannot be read'],
    [['Subject: x', '', 'b'], 'the mail has no Date'],
    [['Subject: x', ''], 'the mail has no text'],
    [['Subject: x', 'Content-Type: text/html', '', '<p>hi</p>'], 'the mail has only an HTML part'],
  ])('%j', async (lines, problem) => {
    const mail = await read(['Message-ID: <a@b.invalid>', ...lines]);
    expect(mail.problems).toContain(problem);
    if (problem.includes('Date')) expect(mail.date).toBeNull();
  });

  it('does not fall over nonsense', async () => {
    for (const text of [
      '',
      '\0\0\0',
      ':::\n\n',
      'Content-Type: multipart/mixed; boundary=\n\n--\n--\n',
      'Content-Type: text/plain; charset=nonsense\n\n\xff',
    ]) {
      const reading = await parseMail(Buffer.from(text, 'latin1'));
      expect(['mail', 'rejected']).toContain(reading.kind);
    }
  });
});

describe('header fields', () => {
  it('ids', () => {
    expect(messageIds('<a@b> junk <c@d><a@b> <e f>')).toEqual(['a@b', 'c@d']);
  });

  it.each([
    ['Thu, 1 Jan 1970 00:00:01 +0000', 1000],
    ['1 Feb 2024 10:00 +0000', Date.UTC(2024, 1, 1, 10)],
    ['Mon, 3 Jun 2024 10:00:00 +0200 (CEST)', Date.UTC(2024, 5, 3, 8)],
    ['Mon, 3 Jun 99999 10:00:00', null],
    ['yesterday', null],
    ['', null],
  ])('date %s', (field, time) => {
    expect(parseMailDate(field)).toBe(time);
  });
});
