// Spin (-O3, nothing reduced) and the generated search on the same model. Needs spin and gcc.
// Run: npm run build && npx tsc -p bench && node dist/bench/spin.js [runs]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initC } from '../analyzers/c/parser.js';
import { exploreWithTables, type Tables } from '../simulator/generate/search.js';
import { exportPromela, Learned, search } from '../simulator/scenarios/run.js';
import { againstLimit, median } from './median.js';
import { patchedScenario } from './patched.js';
import { table } from './threads.js';

await initC();
const runs = Number(process.argv[2] ?? 3);
const budget = { states: 5_000_000, ms: 600_000 };
const options = { window: 1, budget, search: 'generated' } as const;
const { title, model } = await patchedScenario(1);
const learned = new Learned(model);
const { machine } = search(model, options, learned);
const exported = exportPromela(model, options, title);
if (!exported.ok) throw new Error(exported.why);

const folder = mkdtempSync(join(tmpdir(), 'faultline-spin-'));
function run(program: string, args: readonly string[]): string {
  const ran = spawnSync(program, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (ran.status !== 0) throw new Error(`${program}: ${ran.stdout.slice(0, 1000)}${ran.stderr.slice(0, 1000)}`);
  return ran.stdout;
}

const [MADE, AT_HAND, SPIN] = ['faultline, tables made as needed', 'faultline, tables at hand', 'Spin -O3'];
const lines = [['search', 'states', 'transitions', 'time', 'CPU time', 'states/s', 'a CPU second', 'bytes a state']];
const speedsOf = new Map<string, { wall: number; busy: number }[]>();
function row(name: string, states: number, transitions: number, seconds: number, busy: number, bytes: number): void {
  speedsOf.set(name, [...(speedsOf.get(name) ?? []), { wall: states / seconds, busy: states / busy }]);
  const numbers = [states, transitions].map((n) => n.toLocaleString('en'));
  const speeds = [seconds, busy].map((each) => Math.round(states / each).toLocaleString('en'));
  lines.push([name, ...numbers, `${seconds.toFixed(2)} s`, `${busy.toFixed(2)} s`, ...speeds, String(Math.round(bytes))]);
}

/** As a review runs it, and like Spin with the tables at hand. */
function ours(name: string, tables?: Tables): void {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const { run: made } = exploreWithTables(machine, budget, undefined, tables);
  const seconds = (performance.now() - began) / 1000;
  row(name, made.states, made.transitions, seconds, process.cpuUsage(cpu).user / 1e6, made.store.bytes / made.states);
}

function spins(): void {
  const start = performance.now();
  const said = run('sh', ['-c', './pan -c0 -m10000000 -w22; times']);
  const wall = (performance.now() - start) / 1000;
  const number = (pattern: RegExp): number => Number(pattern.exec(said)?.[1] ?? NaN);
  const states = number(/(\d+) states, stored/);
  const times = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/.exec(said.trim());
  const busy = times ? Number(times[1]) * 60 + Number(times[2]) : NaN;
  const memory = number(/([\d.]+)\s+actual memory usage for states/) * 2 ** 20 + number(/([\d.]+)\s+memory used for hash table/) * 2 ** 20;
  row(SPIN, states, number(/(\d+) transitions/), number(/elapsed time ([\d.]+)/) || wall, busy, memory / states);
}

try {
  writeFileSync(join(folder, 'model.pml'), exported.text);
  run('spin', ['-a', 'model.pml']);
  run('gcc', ['-O3', '-w', '-DSAFETY', '-DNOFAIR', '-DNOREDUCE', '-DMEMLIM=12000', '-o', 'pan', 'pan.c']);
  // Each at one go: a process that waits for another loses what it had in memory's fast parts.
  for (let i = 0; i < runs; i++) ours(MADE);
  const { tables } = exploreWithTables(machine, budget);
  for (let i = 0; i < runs; i++) ours(AT_HAND, tables);
  for (let i = 0; i < runs; i++) spins();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const middle = (name: string, of: 'wall' | 'busy'): number => median((speedsOf.get(name) ?? []).map((each) => each[of]));
const said = [MADE, AT_HAND].map((name) => {
  const times = (of: 'wall' | 'busy'): string => (middle(name, of) / middle(SPIN, of)).toFixed(2);
  return `${name}: ${againstLimit(middle(name, 'wall'))}, Spin's ${times('wall')} times by the clock, ${times('busy')} times by CPU time (medians)`;
});
process.stdout.write(`${title}, one delayed store a hart\n\n${table(lines)}\n\n${said.join('\n')}\n`);
