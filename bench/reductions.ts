// States of every scenario without reductions and with each of them, at both sizes, with the code of the skeleton and with the first patches of real threads.
// Run: npm run build && npx tsc -p bench && node dist/bench/reductions.js [states] [generated|interpreted]
import { initC } from '../analyzers/c/parser.js';
import type { SourceTree } from '../analyzers/source/types.js';
import { loadMails } from '../bot/ingest/mails.js';
import { loadResources } from '../bot/review/resources.js';
import { linked, versionOf } from '../bot/review/scenario-runs.js';
import { enumerate } from '../bot/review/settings.js';
import { applyPatches } from '../bot/review/steps.js';
import { assemble } from '../bot/series/assemble.js';
import { EVERYTHING, NOTHING } from '../simulator/explore/reductions.js';
import { excluded } from '../simulator/scenarios/link.js';
import { Learned, search } from '../simulator/scenarios/run.js';
import { SOURCES, table } from './threads.js';

await initC();
const resources = loadResources();
const budget = { states: Number(process.argv[2] ?? 400_000), ms: 120_000 };
const kind = process.argv[3] === 'interpreted' ? 'interpreted' : 'generated';

async function patched(source: string): Promise<SourceTree> {
  const { mails } = await loadMails(source);
  const [series] = assemble(mails).series;
  const patches = series?.patches.map(({ mail, diff }) => ({ messageId: mail.messageId, files: diff.files })) ?? [];
  return applyPatches(resources.skeleton, patches).at(-1)?.after ?? resources.skeleton;
}

const trees = [
  { name: 'skeleton', tree: resources.skeleton },
  { name: 'patched', tree: await patched(SOURCES.riscv) },
];
const ways = [NOTHING, { fusion: true, symmetry: false }, { fusion: false, symmetry: true }, EVERYTHING] as const;
const lines = [['scenario', 'code', 'size', 'window', 'alike', 'none', 'fusion', 'symmetry', 'both', 'time without', 'time with both']];

for (const scenario of resources.scenarios) {
  for (const { name, tree } of trees) {
    for (const size of ['explore', 'measure'] as const) {
      const spec = scenario.spec[size];
      if (!spec) continue;
      const version = versionOf(resources, tree, scenario, spec);
      // The largest of the settings; its figures stand for the scenario.
      let best: { readonly states: number; readonly rows: string[][] } | null = null;
      enumerate(
        new Map(Object.entries(scenario.spec.axes)),
        (setting) => excluded(scenario, setting),
        (setting) => {
          const model = linked(resources, scenario, spec, version, setting);
          const learned = new Learned(model);
          let total = 0;
          const rows = ([0, 1] as const).map((window) => {
            const runs = ways.map((reduce) => {
              const began = performance.now();
              const { run } = search(model, { window, budget, search: kind, reduce }, learned);
              return { run, seconds: (performance.now() - began) / 1000 };
            });
            total += runs[0]?.run.states ?? 0;
            const counts = runs.map(({ run }) => `${run.states.toLocaleString('en')}${run.stopped === null ? '' : '+'}`);
            const groups = runs[2]?.run.reductions?.alike?.groups.map((group) => String(group.length)).join() ?? 'none';
            const times = [runs[0], runs[3]].map((each) => `${(each?.seconds ?? 0).toFixed(2)} s`);
            return [scenario.spec.scenario, name, size, String(window), groups, ...counts, ...times];
          });
          if (!best || total > best.states) best = { states: total, rows };
          return null;
        },
      );
      lines.push(...((best as { readonly rows: string[][] } | null)?.rows ?? []));
      process.stderr.write(`${scenario.spec.scenario} ${name} ${size}\n`);
    }
  }
}
process.stdout.write(`${table(lines)}\n\n+: stopped by the budget of ${budget.states.toLocaleString('en')} states, or by the order\n`);
