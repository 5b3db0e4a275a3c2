import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedFolder } from '../series/testing/shared.js';
import { MboxSplitter } from './mbox.js';
import { parseAnyMail } from './parse.js';
import { parseSimpleMail } from './simple.js';

const threads = sharedFolder('threads');
const oracles = sharedFolder('oracles');

/** What the two readers say of one mail; `simple` is null where the fast one passes. */
async function both(raw: Buffer): Promise<{ readonly simple: unknown; readonly full: unknown }> {
  const reading = await parseAnyMail(raw);
  return { simple: parseSimpleMail(raw), full: reading.kind === 'mail' ? reading.mail : reading.rejection };
}

function mailsBelow(folder: string): readonly Buffer[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
  return names.flatMap((name) => {
    const splitter = new MboxSplitter(16 << 20);
    const entries = [...splitter.push(readFileSync(join(folder, name))), ...splitter.end()];
    return entries.flatMap((entry) => (entry.kind === 'mail' ? [entry.raw] : []));
  });
}

const HEAD = [
  'From: Ada Writer <ada@kernel.invalid>',
  'To: list@kernel.invalid,',
  '\t"Last, First" <x@kernel.invalid>',
  'Subject: [PATCH 1/2] mm: a title',
  '  that is folded',
  'Date: Mon, 3 Jun 2024 10:00:00 +0200',
  'Message-ID: <a@kernel.invalid>',
  'In-Reply-To: <p@kernel.invalid>',
  'References: <r@kernel.invalid>',
  '  <p@kernel.invalid>',
];
const BODY = 'Über alles: \u{1f600}\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a \n+\tb = 3D; \n c\n-- \n2.43.0\n';

const quoted = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte === 10 || (byte > 31 && byte < 127 && byte !== 61) ? String.fromCharCode(byte) : `=${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');

const folded = (text: string): string => text.replace(/.{76}/g, '$&\n');

describe('the fast reader gives what the full one gives', () => {
  it.each<[string, readonly string[], string | Buffer]>([
    ['8bit', ['Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: 8bit'], BODY],
    ['no type at all', [], BODY],
    ['latin 1', ['Content-Type: text/plain; charset="iso-8859-1"'], Buffer.from('Gr\u00fc\u00dfe\n \u00a0\u00ff\n', 'latin1')],
    [
      'base64',
      ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64'],
      folded(Buffer.from(BODY).toString('base64')),
    ],
    ['quoted-printable', ['Content-Type: text/plain; charset="utf-8"', 'Content-Transfer-Encoding: Quoted-Printable'], quoted(BODY)],
    ['soft line ends', ['Content-Transfer-Encoding: quoted-printable'], 'a=\nb =\t\nc=20 \t\n=\n=3d=3D=zz=4\n==\n= \n\tend='],
    ['format=flowed', ['Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes'], '+foo bar \nbaz\n > q\n'],
    ['inline', ['Content-Disposition: inline', 'Content-Type: text/plain; charset=us-ascii'], 'x\n'],
    ['fields that are folded', ['Content-Type: text/plain;', ' charset=utf-8'], 'x\n'],
  ])('%s', async (_name, fields, body) => {
    for (const end of ['\n', '\r\n']) {
      const head = Buffer.from([...HEAD, ...fields, '', ''].join(end));
      const text = Buffer.isBuffer(body) ? body : Buffer.from(body.replace(/\n/g, end));
      const { simple, full } = await both(Buffer.concat([head, text]));
      expect(simple).not.toBeNull();
      expect(simple).toEqual(full);
    }
  });

  it.each<[string, readonly string[], string]>([
    ['an encoded word in another charset', [...HEAD.slice(0, 1), 'Subject: =?koi8-r?q?x?=', ...HEAD.slice(5)], 'x'],
    ['two subjects', [...HEAD, 'Subject: y'], 'x'],
    ['no Message-ID', HEAD.filter((line) => !line.startsWith('Message')), 'x'],
    ['an unreadable date', [...HEAD.filter((line) => !line.startsWith('Date')), 'Date: now'], 'x'],
    ['parts', [...HEAD, 'Content-Type: multipart/mixed; boundary=x'], '--x\n\nx\n--x--\n'],
    ['another charset', [...HEAD, 'Content-Type: text/plain; charset=koi8-r'], 'x'],
    ['control letters in latin 1', [...HEAD, 'Content-Type: text/plain; charset=iso-8859-1'], '\u0085'],
    ['an attachment', [...HEAD, 'Content-Disposition: attachment'], 'x'],
    ['a footer below base64', [...HEAD, 'Content-Transfer-Encoding: base64'], 'eHh4\n____\nlist'],
    ['no text', HEAD, ' \n'],
    ['a line that is no field', ['nonsense', ...HEAD], 'x'],
  ])('passes on %s', (_name, head, body) => {
    expect(parseSimpleMail(Buffer.from(`${head.join('\n')}\n\n${body}`))).toBeNull();
  });

  it.each([
    ['Subject', '=?utf-8?q?Gr=C3=BC=C3=9Fe_an?= alle =?UTF-8?B?w7w=?='],
    ['Subject', '=?utf-8?q?Gr=C3=BC?= =?utf-8?q?=C3=9Fe?= , [PATCH] x'],
    ['Subject', '=?utf-8?q?Gr=C3?=  =?utf-8?q?=BC=C3=9Fe?='],
    ['From', '=?utf-8?q?J=C3=BCrgen_Schreiber?= <j@kernel.invalid>'],
    ['From', 'Dr. =?iso-8859-1?Q?J=FCrgen?= Schreiber <j@kernel.invalid>'],
    ['To', '=?UTF-8?B?SsO8cmdlbg==?= <j@kernel.invalid>, list@kernel.invalid, "Last, First" <x@kernel.invalid>'],
    ['Cc', 'a@kernel.invalid, H. P. Name <h@kernel.invalid>, =?utf-8?q?=C3=BC?= <u@kernel.invalid>'],
  ])('encoded words in %s: %s', async (name, value) => {
    const head = [...HEAD.slice(5), 'Subject: x', 'From: a@b.invalid', 'To: b@b.invalid'].filter((line) => !line.startsWith(`${name}:`));
    const { simple, full } = await both(Buffer.from([`${name}: ${value}`, ...head, '', 'x'].join('\n')));
    expect(simple).not.toBeNull();
    expect(simple).toEqual(full);
  });

  it('for generated fields', async () => {
    const piece = fc.constantFrom(
      '=?utf-8?q?',
      '=C3=BC',
      '?=',
      ' ',
      '=?utf-8?b?w7w=?=',
      '=?utf-8?q?=C3=BC?=',
      '=?iso-8859-1?q?=FC?=',
      'a',
      '<',
      '>',
      'a@b.invalid',
      '"',
      ',',
      '(',
      ')',
      '_',
      '\t',
      '.',
      ':',
      '=?utf-8?q??=',
      '<x@y.invalid>, ',
      '=22',
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('Subject', 'From', 'To'), fc.array(piece, { maxLength: 9 }), async (name, pieces) => {
        const head = [...HEAD.slice(5), `${name}: ${pieces.join('')}`];
        const { simple, full } = await both(Buffer.from([...head, '', 'x'].join('\n')));
        if (simple !== null) expect(simple).toEqual(full);
      }),
      { numRuns: 3000 },
    );
  });

  it('for generated bodies in each encoding', async () => {
    const text = fc.array(fc.constantFrom(' ', '\t', '\n', '=', '=3D', '=\n', '+a', '-- ', 'ü', '>', 'From ', '\r\n', '\0'), {
      maxLength: 30,
    });
    const encoding = fc.constantFrom('8bit', 'quoted-printable', 'base64', 'x-unknown');
    await fc.assert(
      fc.asyncProperty(text, encoding, async (parts, transfer) => {
        const head = [...HEAD, `Content-Transfer-Encoding: ${transfer}`, '', ''].join('\n');
        const body = transfer === 'base64' ? Buffer.from(parts.join('')).toString('base64') : parts.join('');
        const { simple, full } = await both(Buffer.from(head + body));
        if (simple !== null) expect(simple).toEqual(full);
      }),
      { numRuns: 500 },
    );
  });

  it.skipIf(threads === null || oracles === null)('for every mail kept beside the project, and reads most of them', async () => {
    const mails = [...mailsBelow(threads ?? ''), ...mailsBelow(join(oracles ?? '', 'patchwork'))];
    let fast = 0;
    for (const raw of mails) {
      const { simple, full } = await both(raw);
      if (simple === null) continue;
      fast++;
      expect(simple).toEqual(full);
    }
    console.log(`fast reader: ${fast} of ${mails.length} mails`);
    expect(fast).toBeGreaterThan(mails.length * 0.5);
  });
});
