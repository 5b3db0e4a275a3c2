import { describe, expect, it } from 'vitest';
import { parseMail } from '../mail/parse.js';
import { assemble } from '../series/assemble.js';
import { statedCommit } from '../series/base.js';
import { readPullRequest } from './pull-request.js';

const AT = { origin: 'https://github.com', owner: 'o', repo: 'linux', number: 7 };
const sha = (n: number): string => String(n).repeat(40);
const PULL = {
  title: 'Flush less',
  body: 'Text.\r\n\r\n---\r\nMore.',
  created_at: '2024-06-01T10:00:00Z',
  commits: 2,
  head: { sha: sha(2) },
  user: { login: 'ada' },
};
const commit = (n: number, parents: readonly number[]) => ({
  sha: sha(n),
  parents: parents.map((parent) => ({ sha: sha(parent) })),
  commit: { message: `mm: step ${String(n)}\n\nWhy.`, author: { name: 'Ada', email: 'ada@kernel.invalid', date: '2024-06-01T09:00:00Z' } },
});
const diff = (n: number): string =>
  `diff --git a/mm/a${String(n)}.c b/mm/a${String(n)}.c\n--- a/mm/a${String(n)}.c\n+++ b/mm/a${String(n)}.c\n@@ -1 +1,2 @@\n int a;\n+int b;\n`;

interface Asked {
  readonly url: string;
  readonly headers: Headers;
}

/** A host with one pull request of three commits, one of them a merge. */
function host(asked: Asked[], change: (path: string) => Response | null = () => null): typeof fetch {
  return (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    asked.push({ url: url.href, headers });
    const json = (value: unknown): Response =>
      new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json; charset=utf-8' } });
    const answer = (): Response => {
      const changed = change(url.pathname);
      if (changed) return changed;
      if (url.pathname.endsWith('/pulls/7')) return json(PULL);
      if (url.pathname.endsWith('/pulls/7/commits')) return json([commit(1, [9]), commit(3, [1, 8]), commit(2, [3])]);
      const found = /\/commits\/(\d)\d*$/.exec(url.pathname);
      if (found && headers.get('accept')?.includes('diff') === true)
        return new Response(diff(Number(found[1])), { headers: { 'content-type': 'application/vnd.github.v3.diff; charset=utf-8' } });
      return new Response('{}', { status: 404, headers: { 'content-type': 'application/json' } });
    };
    return Promise.resolve(answer());
  };
}

const read = (fetching: typeof fetch, token: string | null = null, at = AT) =>
  readPullRequest(at, { agent: 'faultline/test', token, fetch: fetching });

describe('readPullRequest', () => {
  it('makes a series of it, on the commit before its first', async () => {
    const result = await read(host([]));
    expect(result).toMatchObject({ ok: true, notes: [expect.stringContaining('1 merge')] });
    const mails = [];
    for (const raw of result.ok ? result.mails : []) {
      const reading = await parseMail(raw);
      if (reading.kind === 'mail') mails.push(reading.mail);
    }
    const { series, rejected } = assemble(mails);
    expect(rejected).toEqual([]);
    expect(series).toMatchObject([{ title: 'Flush less', total: 2, problems: [] }]);
    expect(series[0]?.patches.map((patch) => [patch.title, patch.diff.files[0]?.newPath])).toEqual([
      ['mm: step 1', 'mm/a1.c'],
      ['mm: step 2', 'mm/a2.c'],
    ]);
    expect(statedCommit(series[0]?.cover ? [series[0].cover] : [])).toBe(sha(9));
    expect(series[0]?.cover?.body).toContain('\nchange-id: 20240601-pull-o-linux-7\n');
  });

  it('asks the host of the pull request, as faultline, with the token', async () => {
    const asked: Asked[] = [];
    await read(host(asked), 'secret');
    expect(
      asked.every(
        ({ url, headers }) => url.startsWith('https://api.github.com/') && headers.get('user-agent')?.startsWith('faultline/test') === true,
      ),
    ).toBe(true);
    expect(asked.every(({ headers }) => headers.get('authorization') === 'token secret')).toBe(true);
    asked.length = 0;
    await read(host(asked), null, { ...AT, origin: 'https://git.company.invalid' });
    expect(asked[0]?.url).toBe('https://git.company.invalid/api/v3/repos/o/linux/pulls/7');
  });

  it.each([
    [404, {}, 'set GITHUB_TOKEN'],
    [401, {}, 'does not take the token'],
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1717236000' }, '2024-06-01T10:00:00.000Z'],
  ])('says what to do about status %i', async (status, headers, words) => {
    const result = await read(
      host([], () => new Response('{"message":"no"}', { status, headers: { 'content-type': 'application/json', ...headers } })),
    );
    expect(result).toMatchObject({ ok: false, why: expect.stringContaining(words) as string });
  });

  it('takes no answer of another form, nor one without end', async () => {
    expect(await read(host([], () => new Response('[]', { headers: { 'content-type': 'application/json' } })))).toMatchObject({
      ok: false,
    });
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(1 << 20));
      },
    });
    const result = await read(
      host([], (path) => (path.includes(sha(1)) ? new Response(endless, { headers: { 'content-type': 'text/plain' } }) : null)),
    );
    expect(result).toMatchObject({ ok: false, why: expect.stringContaining('16 MiB') as string });
  });

  it('reads no part of one that the host cuts off', async () => {
    const many = new Response(JSON.stringify({ ...PULL, commits: 251 }), { headers: { 'content-type': 'application/json' } });
    expect(await read(host([], (path) => (path.endsWith('/pulls/7') ? many : null)))).toMatchObject({
      ok: false,
      why: expect.stringContaining('--range') as string,
    });
  });
});
