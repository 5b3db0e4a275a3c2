import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultline, PROGRAM } from '../../cli/testing/run.js';
import { readHead } from '../../mail/header.js';
import { corpus, numbers } from '../../store/testing/corpus.js';
import { derived, opened } from '../../store/testing/open.js';
import { hasPublicInbox, TestInbox } from './testing/inbox.js';

const installed = hasPublicInbox();
const KILLS = 100;

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-inbox-'));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const idOf = (raw: Buffer): string => (readHead(raw).fields.get('message-id') ?? '').replace(/[<>]/g, '');
const idsOf = (mails: readonly Buffer[]): readonly string[] => mails.map(idOf).sort();

const plainEnvironment = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'CI'));

/** Starts `faultline ingest`, and stops it the hard way after `ms`. False when it had ended by itself. */
function killed(args: readonly string[], ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, 'ingest', ...args], { stdio: 'ignore', env: plainEnvironment });
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    child.on('close', (_code, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

async function messageIds(file: string): Promise<readonly string[]> {
  const { db, close } = await opened(file, 'read');
  const ids = db.prepare<[], string>('SELECT message_id FROM mail').pluck().all().sort();
  const places = db.prepare<[], number>('SELECT count(*) FROM place').pluck().get();
  close();
  expect(places).toBe(ids.length);
  return ids;
}

async function derivedOf(file: string): Promise<ReturnType<typeof derived>> {
  const { db, close } = await opened(file, 'read');
  const result = derived(db);
  close();
  return result;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 900; i++) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it did not happen');
}

describe.skipIf(!installed)('a real public-inbox', () => {
  it('is followed: 1,000 mails, new ones, deletions, new epochs; from its folder and from its server the same', {
    timeout: 240_000,
  }, async () => {
    const mails = corpus(1100, 11);
    const inbox = new TestInbox(join(root, 'followed'));
    const url = await inbox.serve();
    const [local, remote] = [join(root, 'local.db'), join(root, 'remote', 'store.db')];
    const first = mails.slice(0, 1000);
    inbox.add(first);
    for (const [source, file] of [
      [inbox.folder, local],
      [url, remote],
    ] as const) {
      const ran = faultline(['ingest', source, '--store', file]);
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(ran.stdout).toContain(`${source}: 1000 new;`);
    }
    expect(await messageIds(local)).toEqual(idsOf(first));

    const follower = spawn(process.execPath, [PROGRAM, 'ingest', url, '--follow', '0.2', '--store', remote], {
      stdio: 'ignore',
      env: plainEnvironment,
    });
    const ended = new Promise<number | null>((resolve) => follower.on('close', resolve));
    inbox.add(mails.slice(1000, 1050));
    await until(async () => (await messageIds(remote)).length === 1050);
    // An epoch that is full after some mails makes room for the next.
    inbox.add(mails.slice(1050, 1080), 20_000);
    expect(readdirSync(join(inbox.folder, 'git')).length).toBeGreaterThan(1);
    inbox.add(mails.slice(1080));
    await until(async () => (await messageIds(remote)).length === mails.length);
    const gone = mails.filter((_, i) => i % 97 === 5 || i === mails.length - 1);
    inbox.remove(gone);
    await until(async () => (await messageIds(remote)).length === mails.length - gone.length);
    follower.kill('SIGTERM');
    expect(await ended).toBe(0);

    const left = mails.filter((raw) => !gone.includes(raw));
    expect(await messageIds(remote)).toEqual(idsOf(left));
    expect(faultline(['ingest', inbox.folder, '--store', local]).stdout).toContain(`${gone.length} taken back`);
    expect(await derivedOf(local)).toEqual(await derivedOf(remote));
    inbox.stop();
  });

  it(`survives ${KILLS} kills: every mail is there once, and the series are those of one quiet reading`, { timeout: 400_000 }, async () => {
    const mails = corpus(1000, 5);
    const random = numbers(17);
    const inbox = new TestInbox(join(root, 'killed'));
    const url = await inbox.serve();
    const file = join(root, 'killed', 'store.db');
    const gone: Buffer[] = [];
    let fed = 0;
    let kills = 0;
    let halfway = 0;
    // How long a run takes that has nothing to do: kills fall before that, wherever this machine is slow.
    faultline(['ingest', url, '--store', file]);
    const began = performance.now();
    faultline(['ingest', url, '--store', file]);
    let idle = performance.now() - began;
    for (let round = 0; kills < KILLS && round < 4 * KILLS; round++) {
      if (round % 3 === 0 && fed < mails.length) {
        const next = mails.slice(fed, fed + 25);
        inbox.add(next, round === 30 ? 10_000 : 0);
        fed += next.length;
        if (round % 15 === 9) {
          const last = next.slice(-2);
          inbox.remove(last);
          gone.push(...last);
        }
      }
      const isKilled = await killed([url, '--store', file], idle * (0.4 + (0.6 * random(1000)) / 1000));
      // The machine may have been slower, or faster, when that was measured.
      idle *= isKilled ? 1.02 : 0.9;
      if (!isKilled) continue;
      kills++;
      if ((await messageIds(file)).length < fed - gone.length) halfway++;
    }
    console.log(`${kills} kills, ${halfway} of them before all that was there had been read`);
    if (fed < mails.length) inbox.add(mails.slice(fed));
    expect(kills).toBe(KILLS);
    expect(faultline(['ingest', url, '--store', file])).toMatchObject({ status: 0, stderr: '' });
    const left = mails.filter((raw) => !gone.includes(raw));
    expect(await messageIds(file)).toEqual(idsOf(left));
    const quiet = join(root, 'quiet.db');
    faultline(['ingest', inbox.folder, '--store', quiet]);
    expect(await derivedOf(file)).toEqual(await derivedOf(quiet));
    const { db, close } = await opened(file, 'read');
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    close();
    inbox.stop();
  });
});

describe('an epoch', () => {
  /** An inbox of one epoch, as git fast-import makes it. */
  function epoch(name: string, mails: readonly Buffer[]): string {
    const folder = join(root, name, 'git', '0.git');
    if (!existsSync(folder)) execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=master', folder]);
    const commits = mails.map((raw, i) => {
      const head = `commit refs/heads/master\ncommitter a <a@a.invalid> ${1_700_000_000 + i} +0000\ndata 1\nm\n`;
      return Buffer.concat([Buffer.from(`${head}deleteall\nM 100644 inline m\ndata ${raw.length}\n`), raw, Buffer.from('\n')]);
    });
    const input = Buffer.concat([Buffer.from('reset refs/heads/master\n\n'), ...commits]);
    execFileSync('git', ['--git-dir', folder, 'fast-import', '--quiet', '--force'], { input });
    return join(root, name);
  }

  it('whose history was rewritten is read again, and the user is told', async () => {
    const mails = corpus(30, 3);
    const file = join(root, 'rewritten.db');
    const folder = epoch('rewritten', mails);
    expect(faultline(['ingest', folder, '--store', file])).toMatchObject({ status: 0, stderr: '' });
    const kept = mails.slice(2);
    epoch('rewritten', kept);
    const again = faultline(['ingest', folder, '--store', file]);
    expect(again.said).toContain('the history of epoch 0 was rewritten');
    expect(again.said).toContain('2 taken back');
    expect(await messageIds(file)).toEqual(idsOf(kept));
  });

  it('that git refuses is no empty one', () => {
    const folder = epoch('refused', corpus(5, 4));
    writeFileSync(join(folder, 'git', '0.git', 'config'), '[core]\n\trepositoryformatversion = 99\n');
    const ran = faultline(['ingest', folder, '--store', join(root, 'refused.db')]);
    expect(ran.status).toBe(1);
    expect(ran.said).toContain('Expected git repo version');
  });

  it('that is no public-inbox is refused', () => {
    const folder = join(root, 'other', '0.git');
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=master', folder]);
    const input = 'commit refs/heads/master\ncommitter a <a@a.invalid> 1700000000 +0000\ndata 1\nx\nM 100644 inline README\ndata 1\ny\n';
    execFileSync('git', ['--git-dir', folder, 'fast-import', '--quiet'], { input });
    const ran = faultline(['ingest', join(root, 'other'), '--store', join(root, 'other.db')]);
    expect(ran.status).toBe(1);
    expect(ran.said).toContain('no epoch of a public-inbox');
  });
});

describe('a source that is not there', () => {
  it('is said, with a status for it', () => {
    const ran = faultline(['ingest', join(root, 'nowhere.mbox'), '--store', join(root, 'nowhere.db')]);
    expect(ran.status).toBe(1);
    expect(ran.said).toContain('there is no such file or folder');
  });
});

describe('addresses', () => {
  it.each([
    ['ext::sh -c "touch canary"', 'git helpers'],
    ['ssh://-oProxyCommand=touch%20canary/x', 'no address for git'],
    ['file://elsewhere/x', 'another machine'],
    ['fd::7', 'git helpers'],
  ])('%s makes git run nothing', (word, why) => {
    const ran = faultline(['ingest', word, '--store', join(root, 'address.db')]);
    expect(ran.status).toBe(2);
    expect(ran.said).toContain(why);
    expect(existsSync('canary')).toBe(false);
  });
});
