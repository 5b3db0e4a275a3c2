import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FeedError, type MailEvent } from '../ingest/feed.js';
import { collect } from './collect.js';
import { imapFeed } from './feed.js';
import { type ImapPlace, imapName, imapPlace } from './place.js';
import { Dovecot, hasDovecot, PASSWORD } from './testing/dovecot.js';

describe('imapPlace', () => {
  it.each([
    ['imaps://ada@mail.invalid', 'imaps://ada@mail.invalid:993/INBOX'],
    ['imaps://ada%40kernel.invalid@mail.invalid/lists/linux-mm', 'imaps://ada%40kernel.invalid@mail.invalid:993/lists/linux-mm'],
    ['imap://ada@127.0.0.1:1143/INBOX', 'imap://ada@127.0.0.1:1143/INBOX'],
  ])('reads %s', (word, name) => {
    const read = imapPlace(word);
    expect(read.ok ? imapName(read.place) : read.why).toBe(name);
  });

  it.each([
    'imaps://mail.invalid/INBOX',
    'imaps://ada:secret@mail.invalid/INBOX',
    'imaps://ada@mail.invalid/%0d%0aA1%20LOGOUT',
    'imaps://ada@mail.invalid/%ff',
    'imaps://',
  ])('does not take %s, nor print a password', (word) => {
    const read = imapPlace(word);
    expect(read.ok).toBe(false);
    expect(read.ok ? '' : read.why).not.toContain('secret');
  });
});

describe.skipIf(!hasDovecot())('imapFeed', () => {
  let server: Dovecot;
  beforeAll(async () => {
    server = await Dovecot.start();
  }, 30_000);
  afterAll(async () => {
    await server.stop();
  });

  const place = (user: string, mailbox = 'INBOX'): ImapPlace => ({ host: '127.0.0.1', port: server.port, secure: false, user, mailbox });
  const read = async (at: ImapPlace, position: string | null = null, mailBytes = 1 << 20, password = PASSWORD): Promise<MailEvent[]> => {
    const events: MailEvent[] = [];
    for await (const event of imapFeed(at, { password, mailBytes }).events(new Map(position === null ? [] : [['', position]])))
      events.push(event);
    return events;
  };
  const mails = (events: readonly MailEvent[]): string[] =>
    events.flatMap((event) => (event.kind === 'mail' ? [/^Subject: (.*)$/m.exec(event.raw.toString())?.[1]?.trim() ?? ''] : []));
  const position = (events: readonly MailEvent[]): string => events.filter((event) => event.kind === 'position').at(-1)?.position ?? '';
  const withClient = async (user: string, use: (client: ImapFlow) => Promise<unknown>): Promise<void> => {
    const client = new ImapFlow({ host: '127.0.0.1', port: server.port, secure: false, auth: { user, pass: PASSWORD }, logger: false });
    await client.connect();
    await use(client);
    await client.logout();
  };
  const put = (user: string, subjects: readonly string[], mailbox = 'INBOX', bytes = 0) =>
    withClient(user, async (client) => {
      for (const subject of subjects) await client.append(mailbox, Buffer.from(`Subject: ${subject}\r\n\r\n${'x'.repeat(bytes)}\r\n`));
    });

  it('reads every mail once, and new ones after that', async () => {
    const names = Array.from({ length: 120 }, (_, i) => `mail ${String(i)}`);
    await put('ada', names);
    const first = await read(place('ada'));
    expect(mails(first)).toEqual(names);
    expect(first.filter((event) => event.kind === 'position').length).toBeGreaterThan(1);
    expect(await read(place('ada'), position(first))).toEqual([]);
    await put('ada', ['new']);
    const next = await read(place('ada'), position(first));
    expect(mails(next)).toEqual(['new']);
    expect(position(next)).not.toBe(position(first));
  }, 60_000);

  it('marks nothing as seen', async () => {
    await put('bea', ['one']);
    await read(place('bea'));
    await withClient('bea', async (client) => {
      await client.mailboxOpen('INBOX');
      expect(await client.search({ seen: false }, { uid: true })).toHaveLength(1);
    });
  }, 30_000);

  it('reads all again when the mailbox was made anew', async () => {
    await withClient('cay', (client) => client.mailboxCreate('lists'));
    await put('cay', ['old'], 'lists');
    const before = await read(place('cay', 'lists'));
    await withClient('cay', async (client) => {
      await client.mailboxDelete('lists');
      // UIDVALIDITY is a time in seconds.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await client.mailboxCreate('lists');
    });
    await put('cay', ['new'], 'lists');
    const after = await read(place('cay', 'lists'), position(before));
    expect(after.map((event) => event.kind)).toEqual(['mail', 'position']);
    expect(mails(after)).toEqual(['new']);
  }, 30_000);

  it('refuses a mail above the limit unread, and goes on behind it', async () => {
    await put('dan', ['small']);
    await put('dan', ['large'], 'INBOX', 50_000);
    await put('dan', ['last']);
    const events = await read(place('dan'), null, 10_000);
    expect(mails(events)).toEqual(['small', 'last']);
    expect(events.filter((event) => event.kind === 'refused')).toHaveLength(1);
  }, 30_000);

  it('is read whole for a review', async () => {
    await put('eve', ['one', 'two']);
    const source = await collect(place('eve'), PASSWORD);
    expect([source.parts.length, source.faults]).toEqual([2, []]);
    expect(await collect(place('eve'), null)).toMatchObject({ parts: [], faults: [expect.stringContaining('FAULTLINE_IMAP_PASSWORD')] });
    expect((await collect(place('fay'), PASSWORD)).faults).toEqual([expect.stringContaining('holds no mail')]);
  }, 30_000);

  it('says what is wrong', async () => {
    await expect(read(place('ada'), null, 1000, 'wrong')).rejects.toThrow(/does not let ada in/);
    await expect(read(place('ada', 'none'))).rejects.toThrow(/none: Mailbox doesn't exist/);
    await expect(read({ ...place('ada'), port: 1 })).rejects.toThrow(FeedError);
    // No TLS where it is asked for.
    await expect(read({ ...place('ada'), secure: true })).rejects.toThrow(FeedError);
  }, 60_000);
});
