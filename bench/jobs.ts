// What threads gain a review of long mail threads. Run: npm run build && npx tsc -p bench && node dist/bench/jobs.js [runs]
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SOURCES, table, threads } from './threads.js';

const runs = Number(process.argv[2] ?? 3);
const main = fileURLToPath(new URL('../bot/cli/main.js', import.meta.url));

/** A small one, and those of the corpus that run the most. */
const sources = [
  SOURCES.riscv,
  join(threads, 'corpus', '005-riscv-improve-tlb-flush-series.mbox'),
  join(threads, 'corpus', '040-kvm-arm64-tlbirange-unmap-2023.mbox'),
  join(threads, 'corpus', '044-kvm-arm64-parallel-faults-rcu-2022.mbox'),
];

const MODES: readonly (readonly [string, readonly string[]])[] = [
  ['1', ['--jobs', '1']],
  ['2', ['--jobs', '2']],
  ['none given', []],
];

/** Seconds of the whole process, and what it printed but for the times in it. */
function once(source: string, options: readonly string[]): { readonly seconds: number; readonly said: string } {
  const began = process.hrtime.bigint();
  const done = spawnSync(process.execPath, [main, 'review', source, '--json', ...options], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  if (done.status === null || done.status > 2) throw new Error(`review of ${source} ended with ${String(done.status)}: ${done.stderr}`);
  return { seconds, said: done.stdout.replace(/"ms": [\d.]+/g, '') };
}

const rows = [['source', '--jobs', 'median', 'of one job’s time', 'report']];
for (const source of sources) {
  let alone = NaN;
  let reference: string | null = null;
  for (const [name, options] of MODES) {
    const all = Array.from({ length: runs }, () => once(source, options));
    const median = all.map((run) => run.seconds).sort((a, b) => a - b)[Math.floor(runs / 2)] ?? NaN;
    if (reference === null) {
      alone = median;
      reference = all[0]?.said ?? '';
    }
    const same = all.every((run) => run.said === reference);
    rows.push([basename(source), name, `${median.toFixed(2)} s`, (median / alone).toFixed(2), same ? 'same' : 'DIFFERS']);
    if (!same) process.exitCode = 1;
  }
}
process.stdout.write(`${runs} runs each, whole process.\n\n${table(rows)}\n`);
