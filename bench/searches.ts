// Both searches on every litmus test of the machine: how often interleaving shows all that promise-first shows, how often it leaves something
// out, and whether it ever shows more, which would be a fault of the machine.
// Run: npm run build && npx tsc -p bench && node dist/bench/searches.js [FOLDER…]
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadReader } from '../bot/litmus/front-ends.js';
import { loadKindsFiles } from '../bot/litmus/kinds-files.js';
import { readOne } from '../bot/litmus/one.js';
import { planRuns } from '../bot/litmus/plan.js';
import { packageRoot } from '../bot/package.js';
import { AxisNeeded, type AxisValue } from '../simulator/interp/setup.js';
import { type Compared, compareSearches } from '../simulator/litmus/interleaving.js';
import type { LitmusTest } from '../simulator/litmus/test.js';
import { table } from './threads.js';

const root = packageRoot();
const shared = join(process.env['FAULTLINE_SHARED'] ?? join(root, '..', 'shared'), 'litmus');
const given = process.argv.slice(2);
const folders =
  given.length > 0
    ? given
    : [
        ...['aarch64-VMSA', 'aarch64-pgtable', 'aarch64-ifetch', 'riscv-ifetch'].map((suite) => join(shared, suite)),
        ...['aarch64-vm', 'riscv-vm'].map((suite) => join(root, 'fixtures', 'litmus', suite)),
      ];

/** Axes that nobody set are off, as in `faultline litmus`. */
function compared(test: LitmusTest, setting: ReadonlyMap<string, AxisValue>): Compared | null {
  try {
    return compareSearches({ mmu: test.mmu, setup: { ...test.setup, setting } }, 1, { states: 300_000, ms: 10_000 });
  } catch (error) {
    if (!(error instanceof AxisNeeded) || test.setup.axes.get(error.axis)?.includes(false) !== true) return null;
    return compared(test, new Map(setting).set(error.axis, false));
  }
}

const reader = await loadReader(root);
const rows = [['suite', 'the same', 'left out', 'shows more', 'not finished', 'states', 'seconds']];
const faults: string[] = [];
for (const folder of folders) {
  const files = readdirSync(folder).sort();
  const suite = {
    name: folder.split('/').at(-1) ?? folder,
    folder,
    tests: files.filter((name) => /\.litmus(\.toml)?$/.test(name)).map((name) => join(folder, name)),
    kindsFiles: files.filter((name) => name.endsWith('.txt')),
  };
  for (const run of planRuns(suite, { kinds: null, axes: {} }, loadKindsFiles(root), (path) => readFileSync(path, 'utf8')).runs) {
    const count = { same: 0, fewer: 0, more: 0, unfinished: 0 };
    let states = 0;
    const began = performance.now();
    for (const file of run.tests) {
      const parsed = readOne(reader, { name: file, text: readFileSync(file, 'utf8'), setting: run.setting });
      if (parsed.k !== 'test') continue;
      const found = compared(parsed.test, new Map([...parsed.test.setup.setting, ...Object.entries(run.setting)]));
      states += found?.states ?? 0;
      if (found === null || found.incomplete !== null) count.unfinished++;
      else if ([...found.interleaving].some((end) => !found.promiseFirst.has(end))) {
        count.more++;
        faults.push(`${run.name}: ${parsed.test.name} shows more than promise-first`);
      } else if (found.interleaving.size < found.promiseFirst.size) count.fewer++;
      else count.same++;
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    rows.push([run.name, ...Object.values(count).map(String), String(states), seconds]);
    process.stderr.write(`${rows.at(-1)?.join('  ') ?? ''}\n`);
  }
}
process.stdout.write(`${table(rows)}\n${faults.map((fault) => `${fault}\n`).join('')}`);
process.exitCode = faults.length === 0 ? 0 : 1;
