import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FEED = fileURLToPath(new URL('feed.pl', import.meta.url));

/** Whether Debian's public-inbox is installed. In CI it must be. */
export function hasPublicInbox(): boolean {
  const found =
    spawnSync('perl', ['-MPublicInbox::V2Writable', '-e', '1']).status === 0 &&
    spawnSync('public-inbox-init', ['--help']).error === undefined;
  if (found) return true;
  if (process.env['CI'] !== undefined) throw new Error('public-inbox is not installed, and tests of it must not be skipped in CI');
  console.warn('SKIPPED: public-inbox is not installed (apt-get install public-inbox)');
  return false;
}

/** A public-inbox of version 2, made and changed by the real program. */
export class TestInbox {
  readonly folder: string;
  readonly #home: string;
  readonly #env: NodeJS.ProcessEnv;
  #server: ChildProcess | null = null;
  #files = 0;

  /** `level` is what can be searched: `basic` by message-id alone, `full` by words. */
  constructor(root: string, level: 'basic' | 'full' = 'basic') {
    this.#home = join(root, 'home');
    this.folder = join(root, 'box');
    mkdirSync(join(this.#home, 'mails'), { recursive: true });
    this.#env = { PATH: process.env['PATH'], HOME: this.#home, PI_CONFIG: join(this.#home, 'config'), LC_ALL: 'C' };
    const flags = ['-V2', `--indexlevel=${level}`, 'test', this.folder, 'http://127.0.0.1/test', 'test@example.invalid'];
    execFileSync('public-inbox-init', flags, { env: this.#env, stdio: 'ignore' });
  }

  add(mails: readonly Buffer[], epochBytes = 0): void {
    this.#run('add', mails, epochBytes);
  }

  remove(mails: readonly Buffer[]): void {
    this.#run('remove', mails, 0);
  }

  /** Rewrites history so that a mail was never there. */
  purge(mail: Buffer): void {
    execFileSync('public-inbox-purge', ['--all'], { env: this.#env, input: mail, stdio: ['pipe', 'ignore', 'ignore'] });
  }

  /** Starts the real web server on a free port of this machine; the inbox's address. */
  async serve(): Promise<string> {
    const port = await freePort();
    this.#server = spawn('public-inbox-httpd', ['-l', `http://127.0.0.1:${port}`, '-W0'], { env: this.#env, stdio: 'ignore' });
    const url = `http://127.0.0.1:${port}/test`;
    for (let i = 0; i < 200; i++) {
      const up = await fetch(`${url}/manifest.js.gz`).then(
        (response) => response.ok,
        () => false,
      );
      if (up) return url;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('public-inbox-httpd does not answer');
  }

  stop(): void {
    this.#server?.kill('SIGTERM');
  }

  #run(command: 'add' | 'remove', mails: readonly Buffer[], epochBytes: number): void {
    const lines = mails.map((raw) => {
      const file = join(this.#home, 'mails', `${this.#files++}.eml`);
      writeFileSync(file, raw);
      return `${command} ${file}\n`;
    });
    const ran = spawnSync('perl', [FEED, 'test', String(epochBytes)], { env: this.#env, input: lines.join(''), encoding: 'utf8' });
    if (ran.status !== 0 || ran.stderr.includes('nothing done')) throw new Error(`feed.pl: ${ran.stderr}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
