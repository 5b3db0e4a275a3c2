import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { headerAddresses, headerDate, headerIds, headerText, renderHeaders } from './headers.js';

async function subjectBack(subject: string): Promise<string | undefined> {
  return (await simpleParser(`${renderHeaders([['Subject', headerText(subject, 7)]])}\nx\n`)).subject;
}

describe('headerText', () => {
  it('leaves ASCII as it is', () => {
    expect(headerText('Re: [PATCH 1/3] mm: Flush once', 7)).toBe('Re: [PATCH 1/3] mm: Flush once');
  });

  it('folds a long subject so that unfolding gives it back', () => {
    const subject = `Re: [PATCH v3 10/12] ${'arch: mm: words  and blanks '.repeat(8)}end`;
    const folded = headerText(subject, 7);
    expect(folded.split('\n').every((line) => line.length <= 76)).toBe(true);
    expect(folded.replaceAll('\n', '')).toBe(subject);
  });

  it.each(['Grüße: 語語 and ASCII', '語'.repeat(300), 'x'.repeat(2500), 'looks =?utf-8?q?encoded?= already'])(
    'encodes %s',
    async (subject) => {
      const encoded = headerText(subject, 7);
      for (const line of encoded.split('\n')) expect(line.length).toBeLessThanOrEqual(76);
      expect(encoded).toMatch(/^[ -~\n]*$/);
      expect(await subjectBack(subject)).toBe(subject);
    },
  );

  it('leaves the words before the first odd one as they are', async () => {
    const subject = 'Re: [PATCH v2 1/2] mm: Größe und mehr';
    expect(headerText(subject, 7)).toMatch(/^Re: \[PATCH v2 1\/2\] mm:\n =\?utf-8\?B\?/);
    expect(await subjectBack(subject)).toBe(subject);
    for (const other of ['two  blanks  é', 'é', 'aé b', ' a  é', '=?x']) expect(await subjectBack(other)).toBe(other.trim());
  });

  it('starts no header of its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (value) => {
        const header = headerText(value, 7);
        expect(
          header
            .split('\n')
            .slice(1)
            .every((line) => /^ \S/.test(line)),
        ).toBe(true);
        expect(header).toMatch(/^[ -~\n]*$/);
      }),
    );
    expect(headerText('a\r\nBcc: eve@example.org', 7)).toBe('a Bcc: eve@example.org');
  });
});

describe('headerAddresses', () => {
  it('quotes and encodes names', async () => {
    const people = [
      { name: 'Jo Doe', address: 'jo@example.org' },
      { name: 'Doe, "J" \\ Jo', address: 'doe@example.org' },
      { name: 'Žofie Příkladová', address: 'zofie@example.org' },
      { name: '', address: 'list@lists.example.org' },
    ];
    const mail = await simpleParser(`${renderHeaders([['To', headerAddresses(people)]])}\nx\n`);
    const to = Array.isArray(mail.to) ? mail.to[0] : mail.to;
    expect(to?.value.map(({ name, address }) => ({ name, address }))).toEqual(people);
  });

  it('leaves out what is no plain address', () => {
    const bad = ['', 'a', 'a@b\nBcc: c@d', 'a@b, c@d', 'a@b>', '"x y"@b', 'ä@b'];
    expect(headerAddresses(bad.map((address) => ({ name: 'x', address })))).toBe('');
  });
});

describe('headerIds', () => {
  it('folds, keeps order, drops doubles and what breaks a header', () => {
    expect(headerIds(['a@x', 'b@x', 'a@x', 'c@x>\r\nBcc: d', ''])).toBe('<a@x>\n <b@x>');
  });
});

it('headerDate', () => {
  expect(headerDate(Date.UTC(2026, 1, 3, 4, 5, 6))).toBe('Tue, 03 Feb 2026 04:05:06 +0000');
});
