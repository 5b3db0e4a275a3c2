import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Repository, TINY_KERNEL } from '../tree/testing/repository.js';
import { PROGRAM, ROOT } from './testing/run.js';

const DEMO = readFileSync(join(ROOT, 'fixtures/threads/demo.mbox'));
const ID = /^Message-ID: <(.+)>$/im.exec(DEMO.toString())?.[1] ?? '';

interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An archive with one thread, and a user who has never used faultline. */
describe('sources of the command line', () => {
  let server: Server;
  let home = '';
  let archive = '';
  const asked: string[] = [];

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'faultline-sources-'));
    asked.length = 0;
    server = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['user-agent'] ?? ''}`);
      if (request.url === `/all/${ID}/t.mbox.gz` || request.url?.startsWith('/all/?q=') === true) response.end(gzipSync(DEMO));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    archive = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/all/`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** Runs the program while this process serves. */
  const run = (...args: string[]): Promise<Said> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'] ?? '', HOME: home, FAULTLINE_ARCHIVE: archive };
      const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const said = { stdout: '', stderr: '' };
      child.stdout.on('data', (text: Buffer) => (said.stdout += text.toString()));
      child.stderr.on('data', (text: Buffer) => (said.stderr += text.toString()));
      child.on('close', (status) => {
        resolve({ status, ...said });
      });
    });

  it('reviews a message-id and an address of it as it does the mailbox', async () => {
    const fromFile = await run('review', join(ROOT, 'fixtures/threads/demo.mbox'), '--mail');
    const fromArchive = await run('review', ID, '--mail');
    expect(fromArchive).toEqual(fromFile);
    expect(fromArchive.status).toBe(1);
    expect(asked).toEqual([expect.stringMatching(/^GET \/all\/.* faultline\/\d/)]);
    expect(await run('review', `${archive}${ID}/T/#u`, '--mail')).toEqual(fromFile);
    // Fresh enough not to be asked for again.
    expect(asked).toHaveLength(1);
  }, 60_000);

  it('ingests a message-id, and reviews it from the store without asking anybody', async () => {
    const store = join(home, 'store.db');
    expect(await run('ingest', `<${ID}>`, '--store', store)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('2 new') as string,
    });
    asked.length = 0;
    rmSync(join(home, '.cache'), { recursive: true });
    expect(await run('review', ID, '--store', store, '--json')).toMatchObject({ status: 1 });
    expect(asked).toEqual([]);
  }, 60_000);

  it('ingests what a search finds', async () => {
    expect(await run('ingest', `${archive}?q=s:fence`)).toMatchObject({ status: 0, stdout: expect.stringContaining('2 new') as string });
    expect(asked[0]).toMatch(/^POST \/all\/\?q=s%3Afence&x=m/);
    expect(existsSync(join(home, '.local/share/faultline/store.db'))).toBe(true);
  }, 60_000);

  it('says what an archive does not have, and does not read', async () => {
    const none = await run('review', 'nobody@kernel.invalid');
    expect(none.status).toBe(2);
    expect(none.stdout.replace(/\s+/g, ' ')).toContain('has no message <nobody@kernel.invalid>');
    expect(await run('ingest', 'nobody@kernel.invalid')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('has no message') as string,
    });
    expect((await run('review', archive)).stdout.replace(/\s+/g, ' ')).toContain('is a whole inbox');
    expect(await run('review', 'ftp://x/')).toMatchObject({ status: 2 });
    expect(await run('review', 'imaps://ada@mail.invalid/INBOX')).toMatchObject({
      status: 2,
      stdout: expect.stringContaining('FAULTLINE_IMAP_PASSWORD') as string,
    });
    expect(await run('review', '--range', 'a..b')).toMatchObject({ status: 2, stderr: expect.stringContaining('--repo') as string });
    expect(await run('review')).toMatchObject({ status: 2 });
    expect(await run('review', ID, '--archive', 'ftp://x/')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('archive') as string,
    });
  }, 60_000);

  it('reviews a range, on the commit before it, and ingests what came to a branch', async () => {
    const repository = new Repository();
    try {
      const first = repository.commit(TINY_KERNEL);
      repository.git('checkout', '-q', '-b', 'topic');
      repository.commit({ 'mm/tiny.c': 'int tiny;\nint more;\n' });
      const said = await run('review', '--repo', repository.folder, '--range', 'main..topic', '--json');
      const report = JSON.parse(said.stdout) as { source: string; reviews: { base: string; series: { patches: object[] } }[] };
      expect(report.source).toBe(`${repository.folder} main..topic`);
      expect(report.reviews).toHaveLength(1);
      expect(report.reviews[0]?.base).toContain(`at ${first.slice(0, 12)}, the base-commit of the mails`);
      const ingest = () => run('ingest', '--repo', repository.folder, '--branch', 'topic');
      expect(await ingest()).toMatchObject({ status: 0, stdout: expect.stringContaining('1 new') as string });
      repository.commit({ 'mm/tiny.c': 'int tiny;\nint more;\nint most;\n' });
      expect((await ingest()).stdout).toMatch(/: 1 new;/);
      expect((await ingest()).stdout).toMatch(/: 0 new;/);
    } finally {
      repository.remove();
    }
  }, 60_000);
});
