/**
 * Puts every series of the threads kept beside the project together, with faultline and with `b4 am -l -m MAILBOX -v VERSION MESSAGE-ID`
 * (Debian's b4, without network), and says where the two take other patches or another order. What differs on purpose stands in series-b4.yaml.
 *
 *     node dist/bench/series-b4.js [part of a mailbox's name]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadMails } from '../bot/ingest/mails.js';
import { assemble } from '../bot/series/assemble.js';
import type { Series } from '../bot/series/types.js';
import { table, threads } from './threads.js';

interface OnPurpose {
  /** Message-ID of the first patch. */
  readonly first: string;
  readonly reason: string;
}

const home = mkdtempSync(join(tmpdir(), 'series-b4-'));
mkdirSync(join(home, 'out'));
writeFileSync(
  join(home, '.gitconfig'),
  '[user]\n\tname = Nobody\n\temail = nobody@kernel.invalid\n[b4]\n\tattestation-policy = off\n\tlinkmask = https://taken.invalid/%s\n',
);

/** The ids of the patches that b4 takes for a version, in its order; null where it gives none. */
function b4Takes(mailbox: string, { version, cover, patches }: Series): readonly string[] | null {
  const out = join(home, 'out');
  rmSync(out, { recursive: true });
  mkdirSync(out);
  const first = cover?.messageId ?? patches[0]?.mail.messageId ?? '';
  const args = ['--offline-mode', '--no-stdin', 'am', '-l', '-m', mailbox, '-v', String(version), '-o', out, '--no-cover', '--', first];
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' };
  const run = spawnSync('b4', args, { env, encoding: 'utf8', timeout: 60_000, cwd: home });
  if (run.error) throw new Error(`b4 does not run (${run.error.message}); apt-get install b4`);
  const written = readdirSync(out).find((name) => name.endsWith('.mbx'));
  if (written === undefined) return null;
  const links = readFileSync(join(out, written), 'utf8').matchAll(/^Link: https:\/\/taken\.invalid\/(\S+)$/gm);
  return [...links].map((link) => decodeURIComponent(link[1] ?? ''));
}

const sent = (series: Series): readonly string[] => series.patches.map((patch) => patch.mail.messageId);

const reasons = parse(readFileSync(new URL('../../bench/series-b4.yaml', import.meta.url), 'utf8')) as readonly OnPurpose[];
const wanted = process.argv[2] ?? '';
const mailboxes = ['seeds', 'corpus']
  .flatMap((folder) => readdirSync(join(threads, folder)).map((name) => join(threads, folder, name)))
  .filter((path) => path.endsWith('.mbox') && path.includes(wanted));

const rows: string[][] = [['mailbox', 'series', 'b4', '']];
let same = 0;
let purpose = 0;
let open = 0;
let quoted = 0;
for (const path of mailboxes) {
  const { series } = assemble((await loadMails(path)).mails);
  const mailbox = path.slice(path.lastIndexOf('/') + 1);
  for (const entry of series) {
    if (entry.patches.some((patch) => patch.via.kind === 'quoted')) {
      quoted++;
      continue;
    }
    const theirs = b4Takes(path, entry);
    if (theirs !== null && sent(entry).join('\n') === theirs.join('\n')) {
      same++;
      continue;
    }
    const first = sent(entry)[0] ?? '';
    const reason = reasons.find((known) => known.first === first)?.reason;
    if (reason === undefined) open++;
    else purpose++;
    const counts = `${entry.patches.map((patch) => patch.index).join()}/${entry.total}`;
    rows.push([
      mailbox.slice(0, 24),
      `v${entry.version} ${counts.slice(0, 30)}`,
      String(theirs?.length ?? 'none'),
      reason ?? `DIFFERS: <${first}>`,
    ]);
    if (wanted !== '') console.log(`faultline:\n  ${sent(entry).join('\n  ')}\nb4:\n  ${theirs?.join('\n  ') ?? 'none'}`);
  }
}
rmSync(home, { recursive: true });
if (rows.length > 1) console.log(`${table(rows)}\n`);
console.log(
  `${mailboxes.length} mailboxes: ${same} series with the same patches in the same order, ${purpose} differ on purpose, ${open} differ; ${quoted} known only from quotes were not compared`,
);
process.exitCode = open === 0 ? 0 : 1;
