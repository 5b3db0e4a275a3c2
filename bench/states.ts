// Speed and memory of the two searches on a scenario with the code of a real patch.
// Run: npm run build && npx tsc -p bench && node dist/bench/states.js [runs] [states]
import { initC } from '../analyzers/c/parser.js';
import { Learned, search } from '../simulator/scenarios/run.js';
import { againstLimit, median } from './median.js';
import { patchedScenario } from './patched.js';
import { table } from './threads.js';

await initC();
const { title, model } = await patchedScenario(0);
const learned = new Learned(model);
const [runs, states] = [Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 1_000_000)];
const budget = { states, ms: 600_000 };
search(model, { window: 0, budget: { ...budget, states: 20_000 } }, learned);

const lines = [['search', 'window', 'states', 'transitions', 'time', 'CPU time', 'states/s', 'a CPU second', 'bytes a state', '']];
const said: string[] = [];
for (const window of [0, 1] as const) {
  const generated: { wall: number; busy: number }[] = [];
  for (const kind of ['interpreted', ...Array.from({ length: runs }, () => 'generated' as const)] as const) {
    const began = performance.now();
    const cpu = process.cpuUsage();
    const { run } = search(model, { window, budget, search: kind }, learned);
    const [seconds, busy] = [(performance.now() - began) / 1000, process.cpuUsage(cpu).user / 1e6];
    const counts = [run.states, run.transitions].map((n) => n.toLocaleString('en'));
    const speeds = [seconds, busy].map((each) => Math.round(run.states / each).toLocaleString('en'));
    if (kind === 'generated') generated.push({ wall: run.states / seconds, busy: run.states / busy });
    const bytes = String(Math.round(run.store.bytes / run.states));
    lines.push([
      kind,
      String(window),
      ...counts,
      `${seconds.toFixed(2)} s`,
      `${busy.toFixed(2)} s`,
      ...speeds,
      bytes,
      run.stopped ?? 'all',
    ]);
  }
  const [wall, busy] = [median(generated.map((each) => each.wall)), median(generated.map((each) => each.busy))];
  said.push(`generated, window ${window}, median: states/s ${againstLimit(wall)}, a CPU second ${againstLimit(busy)}`);
}
process.stdout.write(`${title}\n\n${table(lines)}\n\n${said.join('\n')}\n`);
