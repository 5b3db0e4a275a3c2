// Speed of the explorer on the riscv scenario, with the code of a real patch. Run: npm run build && npx tsc -p bench && node dist/bench/states.js [runs]
import { initC } from '../analyzers/c/parser.js';
import { loadMails } from '../bot/ingest/mails.js';
import { loadResources } from '../bot/review/resources.js';
import { runVersions, type Version, versionOf } from '../bot/review/scenario-runs.js';
import { applyPatches } from '../bot/review/versions.js';
import { assemble } from '../bot/series/assemble.js';
import { SOURCES, table } from './threads.js';

await initC();
const resources = loadResources();
const { mails } = await loadMails(SOURCES.riscv);
const scenario = resources.scenarios.find((candidate) => candidate.spec.scenario === 'riscv/new-vmalloc-mapping');
const [series] = assemble(mails).series;
if (!scenario || !series) throw new Error('no riscv scenario, or no series in the thread');
const patches = series.patches.slice(0, 1).map(({ mail, diff }) => ({ messageId: mail.messageId, files: diff.files }));
const [step] = applyPatches(resources.skeleton, patches);
if (!step?.changed) throw new Error('the patch is not in the runs');
const versions: Version[] = [step.before, step.after].map((tree) => versionOf(resources, tree, scenario, scenario.spec.explore));

const rows = [['run', 'settings', 'states', 'transitions', 'time', 'states/s', 'transitions/s']];
for (let run = 1; run <= Number(process.argv[2] ?? 5); run++) {
  const outcomes = runVersions(resources, { scenario, versions, touched: new Set<string>() }).leaves.flatMap((leaf) =>
    leaf.result.map((outcome) => outcome.full),
  );
  const sum = (of: (outcome: (typeof outcomes)[number]) => number): number => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const seconds = sum((outcome) => outcome.ms) / 1000;
  const [states, transitions] = [sum((outcome) => outcome.states), sum((outcome) => outcome.transitions)];
  rows.push(
    [String(run), String(outcomes.length), states.toLocaleString('en'), transitions.toLocaleString('en'), `${seconds.toFixed(2)} s`].concat(
      [states, transitions].map((n) => Math.round(n / seconds).toLocaleString('en')),
    ),
  );
}
process.stdout.write(
  `${scenario.spec.scenario}, before and after "${series.patches[0]?.title ?? ''}", runs with delayed stores\n\n${table(rows)}\n`,
);
