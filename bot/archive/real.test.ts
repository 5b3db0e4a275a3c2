import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpClient } from '../http/client.js';
import type { Source } from '../ingest/kinds.js';
import { nameSource } from '../ingest/kinds.js';
import { openSource, type SourceWorld } from '../ingest/open.js';
import { hasPublicInbox, TestInbox } from '../ingest/public-inbox/testing/inbox.js';
import { rawParts } from '../ingest/raw.js';
import { nodeIo } from '../ingest/source.js';

const mail = (id: string, subject: string, parent: string | null, body = 'Text.\n'): Buffer =>
  Buffer.from(
    [
      'From: Ada <ada@example.invalid>',
      'To: test@example.invalid',
      `Subject: ${subject}`,
      'Date: Mon, 3 Jun 2024 10:00:00 +0000',
      `Message-ID: <${id}>`,
      ...(parent === null ? [] : [`In-Reply-To: <${parent}>`, `References: <${parent}>`]),
      '',
      body,
    ].join('\n'),
  );

const ODD = 'a/b+c=%41?d#e&f@example.invalid';

/** What the real program answers, on this machine. */
describe.skipIf(!hasPublicInbox())('a public-inbox host', () => {
  let root = '';
  let inbox: TestInbox;
  let list = '';
  let world: SourceWorld;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'faultline-archive-'));
    inbox = new TestInbox(root, 'full');
    inbox.add([
      mail('cover@example.invalid', '[PATCH 0/1] Flush less', null),
      mail(
        'one@example.invalid',
        '[PATCH 1/1] mm: less',
        'cover@example.invalid',
        'From here on\nFrom ada@example.invalid Mon Jun  3 10:00:00 2024\n>From there\n',
      ),
      mail(ODD, 'Re: [PATCH 1/1] mm: less', 'one@example.invalid'),
      mail('other@example.invalid', 'something else', null),
    ]);
    list = `${await inbox.serve()}/`;
    const http = httpClient({ agent: 'faultline/test', cache: null });
    world = { io: nodeIo, http, archive: new URL(list), agent: 'faultline/test', token: null, password: null, fetch };
  }, 60_000);
  afterAll(() => {
    inbox.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const ids = async (source: Source): Promise<{ ids: string[]; refused: string[]; raws: string[] }> => {
    const found = { ids: [] as string[], refused: [] as string[], raws: [] as string[] };
    for await (const entry of rawParts(await openSource(source, world))) {
      if (entry.kind === 'refused') found.refused.push(entry.why);
      else {
        found.ids.push(/^Message-ID: <(.*)>$/im.exec(entry.raw.toString())?.[1] ?? '');
        found.raws.push(entry.raw.toString());
      }
    }
    found.ids.sort();
    return found;
  };
  const named = (word: string): Source => {
    const name = nameSource(word, () => false);
    if (!name.ok) throw new Error(name.why);
    return name.source;
  };
  const THREAD = [ODD, 'cover@example.invalid', 'one@example.invalid'];

  it.each(['one@example.invalid', `<${ODD}>`])('gives the thread of %s', async (id) => {
    const found = await ids(named(id));
    expect([found.ids, found.refused]).toEqual([THREAD, []]);
    // Lines that begin with "From " come out as they went in.
    expect(found.raws.find((raw) => raw.includes('one@example.invalid>\n') && raw.includes('From here on'))).toContain(
      'From here on\nFrom ada@example.invalid Mon Jun  3 10:00:00 2024\n>From there\n',
    );
  });

  it('gives the thread of an address', async () => {
    expect((await ids(named(`${list}one@example.invalid/T/#u`))).ids).toEqual(THREAD);
  });

  it('gives what a search finds', async () => {
    const found = await ids(named(`${list}?q=s%3A%22flush+less%22`));
    expect(found.refused).toEqual([]);
    expect(found.ids).toContain('cover@example.invalid');
    expect(found.ids).not.toContain('other@example.invalid');
    expect((await ids(named(`${list}?q=s:nosuchword`))).ids).toEqual([]);
  });

  it('says what it does not have', async () => {
    expect(await ids(named('nobody@example.invalid'))).toMatchObject({ ids: [], refused: [expect.stringContaining('has no message')] });
  });
});
