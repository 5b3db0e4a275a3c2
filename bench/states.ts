// Speed and memory of the two searches on the riscv scenario at its larger size (4 harts), with the code of a real patch.
// Run: npm run build && npx tsc -p bench && node dist/bench/states.js [runs] [states]
import { initC } from '../analyzers/c/parser.js';
import { loadMails } from '../bot/ingest/mails.js';
import { loadResources } from '../bot/review/resources.js';
import { versionOf } from '../bot/review/scenario-runs.js';
import { applyPatches } from '../bot/review/versions.js';
import { assemble } from '../bot/series/assemble.js';
import { link } from '../simulator/scenarios/link.js';
import { Learned, search } from '../simulator/scenarios/run.js';
import { SOURCES, table } from './threads.js';

await initC();
const resources = loadResources();
const { catalog } = resources;
const { mails } = await loadMails(SOURCES.riscv);
const scenario = resources.scenarios.find((candidate) => candidate.spec.scenario === 'riscv/new-vmalloc-mapping');
const [series] = assemble(mails).series;
const size = scenario?.spec.measure;
if (!scenario || !size || !series) throw new Error('no riscv scenario, or no series in the thread');
const patches = series.patches.slice(0, 1).map(({ mail, diff }) => ({ messageId: mail.messageId, files: diff.files }));
const [step] = applyPatches(resources.skeleton, patches);
if (!step?.changed) throw new Error('the patch is not in the runs');
const version = versionOf(resources, step.after, scenario, size);
const setting = new Map<string, string | boolean | number>([
  ['invalid-entries', 'cached'],
  ['Svvptc', false],
  ['ipi-rfence', false],
  ['?tlb_caching_invalid_entries', 0],
]);
const rows = { find: catalog.find.bind(catalog), features: catalog.features };
const model = link(scenario, size, version.program, rows, setting, () => null);
const learned = new Learned(model);
const [runs, states] = [Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 1_000_000)];
const budget = { states, ms: 600_000 };
search(model, { window: 0, budget: { ...budget, states: 20_000 } }, learned);

const lines = [['search', 'window', 'states', 'transitions', 'time', 'CPU time', 'states/s', 'bytes a state', '']];
for (const window of [0, 1] as const) {
  for (const kind of ['interpreted', ...Array.from({ length: runs }, () => 'generated' as const)] as const) {
    const began = performance.now();
    const cpu = process.cpuUsage();
    const { run } = search(model, { window, budget, search: kind }, learned);
    const [seconds, busy] = [(performance.now() - began) / 1000, process.cpuUsage(cpu).user / 1e6];
    const counts = [run.states, run.transitions].map((n) => n.toLocaleString('en'));
    const speed = Math.round(run.states / seconds).toLocaleString('en');
    const bytes = String(Math.round(run.store.bytes / run.states));
    lines.push([kind, String(window), ...counts, `${seconds.toFixed(2)} s`, `${busy.toFixed(2)} s`, speed, bytes, run.stopped ?? 'all']);
  }
}
process.stdout.write(`${scenario.spec.scenario}, 4 harts, after "${series.patches[0]?.title ?? ''}"\n\n${table(lines)}\n`);
