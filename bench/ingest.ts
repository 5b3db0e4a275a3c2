import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inboxFeed } from '../bot/ingest/public-inbox/feed.js';
import { ingest } from '../bot/store/ingest.js';
import { openStore } from '../bot/store/open.js';
import { StoreReader } from '../bot/store/read.js';
import { median } from './median.js';
import { realSizeMails } from './real-size-mails.js';
import { table } from './threads.js';

/** Mails a second from a local mirror into the store, series assembled, that the whole way has to keep. */
const LIMIT = 4000;
const RUNS = 3;
const SIZES = [2_000, 10_000, 20_000];

interface Measured {
  readonly ms: number;
  readonly rss: number;
  readonly added: number;
  readonly series: number;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** One ingest in a process of its own, so that what it takes is its own. */
async function child(folder: string, file: string): Promise<void> {
  const store = await openStore({ file, migrations: join(root, 'migrations'), use: 'ingest' });
  if (!store.ok) throw new Error(store.why);
  const began = performance.now();
  const feed = inboxFeed({ kind: 'folder', path: folder }, { mirrors: '', http: { ask: () => Promise.reject(new Error('no network')) } });
  const { added, trouble } = await ingest(store.db, feed);
  if (trouble !== null) throw new Error(trouble);
  const ms = performance.now() - began;
  const series = new StoreReader(store.db).series().length;
  store.close();
  const measured: Measured = { ms, rss: process.resourceUsage().maxRSS, added, series };
  process.stdout.write(JSON.stringify(measured));
}

/** python3's own parser (email, as b4 uses it) on the same mails: parsed, and the text decoded. Seconds. */
const PYTHON = `
import email, email.policy, struct, sys, time
mails = []
with open(sys.argv[1], 'rb') as f:
    while True:
        size = f.read(4)
        if not size: break
        mails.append(f.read(struct.unpack('<I', size)[0]))
began = time.perf_counter()
n = 0
for raw in mails:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    [str(mail[name]) for name in ('subject', 'from', 'to', 'cc', 'date', 'message-id', 'in-reply-to', 'references')]
    for part in mail.walk():
        if part.get_content_maintype() == 'text': n += len(part.get_content())
print(time.perf_counter() - began)
`;

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'faultline-bench-'));
  try {
    const rows: string[][] = [['mails', 'MB', 'series', 'mails/s', 'peak RSS MB', 'store MB']];
    let speed = 0;
    let plain = '';
    for (const size of SIZES) {
      const mirror = join(scratch, `mirror-${size}`);
      plain = join(scratch, `plain-${size}`);
      const bytes = await makeMirror(mirror, plain, size);
      const measured = Array.from({ length: RUNS }, (_, i) => run(mirror, join(scratch, `store-${size}-${i}.db`)));
      const rate = median(measured.map(({ ms, added }) => (added / ms) * 1000));
      if (size === 10_000) speed = rate;
      const last = measured[0];
      rows.push([
        `${size}`,
        (bytes / 1e6).toFixed(1),
        `${last?.series ?? 0}`,
        rate.toFixed(0),
        median(measured.map(({ rss }) => rss / 1024)).toFixed(0),
        (statSync(join(scratch, `store-${size}-0.db`)).size / 1e6).toFixed(1),
      ]);
    }
    process.stdout.write(`${table(rows)}\n\n`);
    plain = join(scratch, 'plain-10000');
    const python = spawnSync('python3', ['-c', PYTHON, plain], { encoding: 'utf8' });
    if (python.status === 0) {
      const rate = 10_000 / Number(python.stdout);
      process.stdout.write(
        `python3's email package, parsing alone: ${rate.toFixed(0)} mails/s; ingest, all of it: ${(speed / rate).toFixed(2)} times that\n`,
      );
    } else process.stdout.write('python3 is not there to compare with\n');
    process.stdout.write(`limit at 10,000 mails: ${LIMIT} mails/s, ${speed >= LIMIT ? 'kept' : 'not kept'}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function run(mirror: string, file: string): Measured {
  const text = execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'child', mirror, file], { encoding: 'utf8' });
  return JSON.parse(text) as Measured;
}

/** A mirror of one epoch by git fast-import, and the same mails in a file of lengths and bytes. Their size in bytes. */
async function makeMirror(folder: string, plain: string, count: number): Promise<number> {
  const epoch = join(folder, 'git', '0.git');
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=master', epoch]);
  const git = spawn('git', ['--git-dir', epoch, 'fast-import', '--quiet'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const copy = createWriteStream(plain);
  let bytes = 0;
  let i = 0;
  for (const raw of realSizeMails(count, 1)) {
    if (i === count) break;
    bytes += raw.length;
    const head = `commit refs/heads/master\ncommitter a <a@a.invalid> ${1_700_000_000 + i++} +0000\ndata 1\nm\nM 100644 inline m\ndata ${raw.length}\n`;
    if (!git.stdin.write(Buffer.concat([Buffer.from(head), raw, Buffer.from('\n')]))) await once(git.stdin, 'drain');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(raw.length);
    if (!copy.write(Buffer.concat([length, raw]))) await once(copy, 'drain');
  }
  git.stdin.end();
  copy.end();
  await Promise.all([once(git, 'close'), once(copy, 'close')]);
  return bytes;
}

const [role, folder, file] = process.argv.slice(2);
if (role === 'child' && folder !== undefined && file !== undefined) await child(folder, file);
else await main();
