// Time and memory of a whole `faultline review`, cold. Run: npm run build && npx tsc -p bench && node dist/bench/cold-review.js [runs]
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SOURCES, table } from './threads.js';

const LIMIT_SECONDS = 3;
const LIMIT_MB = 400;

const runs = Number(process.argv[2] ?? 5);
const main = fileURLToPath(new URL('../bot/cli/main.js', import.meta.url));
/** Writes what the kernel has seen of the process (peak KiB, microseconds of CPU) to its third stream when it ends. */
const peak = `data:text/javascript,${encodeURIComponent("import { writeSync } from 'node:fs'; import { isMainThread } from 'node:worker_threads'; if (isMainThread) process.on('exit', () => { const u = process.resourceUsage(); writeSync(3, [u.maxRSS, u.userCPUTime + u.systemCPUTime].join()); });")}`;

function once(source: string): { readonly seconds: number; readonly cpu: number; readonly mb: number } {
  const began = process.hrtime.bigint();
  const done = spawnSync(process.execPath, ['--import', peak, main, 'review', source], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  if (done.status === null || done.status > 1) throw new Error(`review of ${source} ended with ${String(done.status)}`);
  const [kib, us] = (done.output[3] ?? '').split(',').map(Number);
  return { seconds, cpu: (us ?? NaN) / 1e6, mb: (kib ?? NaN) / 1024 };
}

// On a machine that does other things as well, CPU time says more than the clock; part of it is spent on a second core.
const rows = [['source', 'min', 'median', 'max', 'limit', 'CPU time, min', 'peak RSS', 'limit', '']];
for (const source of Object.values(SOURCES)) {
  const all = Array.from({ length: runs }, () => once(source));
  const seconds = all.map((run) => run.seconds).sort((a, b) => a - b);
  const median = seconds[Math.floor(seconds.length / 2)] ?? NaN;
  const mb = Math.max(...all.map((run) => run.mb));
  rows.push([
    basename(source),
    ...[seconds[0] ?? NaN, median, seconds.at(-1) ?? NaN].map((s) => `${s.toFixed(2)} s`),
    `${LIMIT_SECONDS.toFixed(2)} s`,
    `${Math.min(...all.map((run) => run.cpu)).toFixed(2)} s`,
    `${Math.round(mb)} MB`,
    `${LIMIT_MB} MB`,
    median < LIMIT_SECONDS && mb < LIMIT_MB ? 'within' : 'OVER',
  ]);
}
process.stdout.write(`${runs} runs each, whole process, nothing warmed up.\n\n${table(rows)}\n`);
