import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderCache } from './cache.js';
import { httpClient } from './client.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('httpClient', () => {
  let server: Server;
  let handler: Handler;
  let base = '';
  let folder = '';
  let now = 1_000_000;
  const asked: IncomingMessage[] = [];
  const slept: number[] = [];
  const client = () =>
    httpClient({
      agent: 'faultline/test',
      cache: folderCache(folder),
      world: {
        fetch,
        now: () => now,
        sleep: (ms) => {
          slept.push(ms);
          return Promise.resolve();
        },
      },
    });
  const ask = (path: string, freshSeconds?: number, maxBytes = 1 << 20) =>
    client().ask({ url: new URL(path, base), maxBytes, ...(freshSeconds === undefined ? {} : { freshSeconds }) });

  beforeEach(async () => {
    asked.length = 0;
    slept.length = 0;
    folder = mkdtempSync(join(tmpdir(), 'http-'));
    server = createServer((request, response) => {
      asked.push(request);
      handler(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says who asks, and gives the body', async () => {
    handler = (_, response) => response.end('text');
    expect(await ask('a')).toMatchObject({ ok: true, kept: false, body: Buffer.from('text') });
    expect(asked[0]?.headers['user-agent']).toBe('faultline/test');
  });

  it('asks no second time while an answer is fresh, then asks whether it still holds', async () => {
    handler = (request, response) => {
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end('text');
    };
    await ask('a', 60);
    now += 59_000;
    expect(await ask('a', 60)).toMatchObject({ ok: true, kept: true });
    expect(asked).toHaveLength(1);
    now += 2000;
    expect(await ask('a', 60)).toMatchObject({ ok: true, kept: true, body: Buffer.from('text') });
    expect(asked).toHaveLength(2);
    now += 59_000;
    expect(await ask('a', 60)).toMatchObject({ kept: true });
    expect(asked).toHaveLength(2);
  });

  it('does not believe a kept answer that was changed on disk', async () => {
    handler = (_, response) => response.end('text');
    await ask('a', 60);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"at":0}\nother');
    expect(await ask('a', 60)).toMatchObject({ kept: false, body: Buffer.from('text') });
  });

  it('waits as long as a host asks, in seconds or until a date, and tries again', async () => {
    const answers: [number, string][] = [
      [429, '7'],
      [503, new Date(now + 9000).toUTCString()],
      [502, ''],
    ];
    handler = (_, response) => {
      const [status, after] = answers.shift() ?? [200, ''];
      response.writeHead(status, after === '' ? {} : { 'retry-after': after }).end('text');
    };
    expect(await ask('a')).toMatchObject({ ok: true });
    expect(slept).toEqual([7000, 9000, 4000]);
  });

  it('gives up after some tries, and at once where the host wants a long pause', async () => {
    handler = (_, response) => response.writeHead(503).end();
    expect(await ask('a')).toMatchObject({ ok: false, status: 503 });
    expect(slept).toEqual([1000, 2000, 4000]);
    handler = (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    const long = await ask('a');
    expect(long).toMatchObject({ ok: false, status: 429 });
    expect(long.ok ? '' : long.why).toContain('3600 s');
    expect(slept).toHaveLength(3);
  });

  it('does not try again what will not change', async () => {
    handler = (_, response) => response.writeHead(404).end();
    expect(await ask('a')).toMatchObject({ ok: false, status: 404 });
    expect(asked).toHaveLength(1);
  });

  it('follows redirects of the web only, and not for ever', async () => {
    handler = (request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else response.end('there');
    };
    expect(await ask('a')).toMatchObject({ ok: true, body: Buffer.from('there') });
    expect(await ask('file')).toMatchObject({ ok: false, why: expect.stringContaining('file://') as string });
    expect(await ask('loop')).toMatchObject({ ok: false, why: expect.stringContaining('without end') as string });
  });

  it('keeps what a caller adds from other hosts', async () => {
    handler = (request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: base.replace('127.0.0.1', 'localhost') + 'b' }).end();
      else response.end('there');
    };
    await client().ask({ url: new URL('a', base), maxBytes: 100, headers: { Authorization: 'Bearer secret' } });
    expect(asked.map((request) => request.headers.authorization)).toEqual(['Bearer secret', undefined]);
  });

  it('stops a body at the limit, also one that unpacks to more', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(10 << 20)));
    };
    expect(await ask('bomb', 60)).toMatchObject({ ok: false, why: expect.stringContaining('1 MiB') as string });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says that nobody answers', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const result = await ask('a');
    expect(result).toMatchObject({ ok: false, why: `127.0.0.1:${String(port)}: nobody answers there` });
  });
});

describe('folderCache', () => {
  it('drops what was not used for longest when it grows too large', () => {
    const folder = mkdtempSync(join(tmpdir(), 'http-'));
    try {
      const cache = folderCache(folder, 4000);
      const body = Buffer.alloc(900);
      for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) cache.put(key, { url: key, type: '', etag: null, lastModified: null, at: 0, body });
      expect(cache.get('f')).not.toBeNull();
      expect(cache.get('a')).toBeNull();
      expect(readdirSync(folder).length).toBeLessThan(5);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
