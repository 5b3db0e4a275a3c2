import { describe, expect, it } from 'vitest';
import type { Http, HttpRequest, HttpResult } from '../http/types.js';
import { fetchThread, search } from './archive.js';

const LIST = new URL('https://archive.invalid/linux-mm/');
const answer = (type: string): HttpResult => ({ ok: true, body: Buffer.from('mails'), url: LIST, type, kept: false });

class Host implements Http {
  readonly asked: HttpRequest[] = [];
  constructor(private readonly result: HttpResult) {}
  ask(request: HttpRequest): Promise<HttpResult> {
    this.asked.push(request);
    return Promise.resolve(this.result);
  }
}

describe('fetchThread', () => {
  it.each([
    ['a.b@c', 'https://archive.invalid/linux-mm/a.b@c/t.mbox.gz'],
    ['a/b+c=@d', 'https://archive.invalid/linux-mm/a%2Fb%2Bc%3D@d/t.mbox.gz'],
    ['../../x@y', 'https://archive.invalid/linux-mm/..%2F..%2Fx@y/t.mbox.gz'],
    ['a?q=1#f@y', 'https://archive.invalid/linux-mm/a%3Fq%3D1%23f@y/t.mbox.gz'],
  ])('asks for %s within the inbox', async (id, url) => {
    const host = new Host(answer('application/gzip'));
    expect(await fetchThread(host, LIST, id)).toEqual({ ok: true, name: url, bytes: Buffer.from('mails') });
    expect(host.asked.map((request) => request.url.href)).toEqual([url]);
  });

  it.each(['..', '.', 'no-at-sign'])('asks nobody for %s', async (id) => {
    const host = new Host(answer('application/gzip'));
    expect(await fetchThread(host, LIST, id)).toMatchObject({ ok: false });
    expect(host.asked).toEqual([]);
  });

  it('says what is missing, and what to do', async () => {
    const none = await fetchThread(new Host({ ok: false, why: 'status 404', status: 404 }), LIST, 'a@b');
    expect(none).toMatchObject({ ok: false, why: expect.stringContaining('no message <a@b>') as string });
    const page = await fetchThread(new Host(answer('text/html; charset=utf-8')), LIST, 'a@b');
    expect(page).toMatchObject({ ok: false, why: expect.stringContaining('web page') as string });
  });
});

describe('search', () => {
  it('posts, so that the host sends a mailbox', async () => {
    const host = new Host(answer('application/gzip'));
    await search(host, LIST, 's:"tlb flush" & d:20240101..');
    expect(host.asked[0]?.method).toBe('POST');
    expect(host.asked[0]?.url.href).toBe('https://archive.invalid/linux-mm/?q=s%3A%22tlb+flush%22+%26+d%3A20240101..&x=m');
  });
});
