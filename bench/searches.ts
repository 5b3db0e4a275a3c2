/**
 * Both searches on every litmus test of the machine: how often the interleaving search shows all that the promise-first search shows, how
 * often it leaves something out, and whether it ever shows more, which would be a fault.
 * `npm run build && npx tsc -p bench && node dist/bench/searches.js [FOLDER…]`
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLitmus } from '../analyzers/litmus/parse.js';
import { packageRoot } from '../bot/review/resources.js';
import { loadCatalog } from '../simulator/catalog/load.js';
import { compareSearches } from '../simulator/litmus/interleaving.js';
import { runLitmus } from '../simulator/litmus/run.js';

const shared = process.env['FAULTLINE_SHARED'] ?? join(packageRoot(), '..', 'shared');
const given = process.argv.slice(2);
const folders = given.length > 0 ? given : ['aarch64-VMSA'].map((suite) => join(shared, 'litmus', suite));
const catalog = loadCatalog(
  join(packageRoot(), 'simulator', 'catalog'),
  join(packageRoot(), 'dist', 'simulator', 'catalog', 'packed.json'),
);

for (const folder of folders) {
  for (const ets2 of [false, true]) {
    const count = { same: 0, fewer: 0, more: 0, incomplete: 0 };
    const began = performance.now();
    let orders = 0;
    let states = 0;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.litmus'))) {
      const parsed = parseLitmus(file, readFileSync(join(folder, file), 'utf8'), catalog);
      if (parsed?.k !== 'test') continue;
      const setup = { ...parsed.test.setup, setting: new Map(parsed.test.setup.setting).set('FEAT_ETS2', ets2) };
      const test = { ...parsed.test, setup };
      const compared = compareSearches(test, 1, { states: 300_000, ms: 10_000 });
      orders += runLitmus(test).orders;
      states += compared.states;
      if (compared.incomplete !== null) count.incomplete++;
      else if ([...compared.interleaving].some((end) => !compared.promiseFirst.has(end))) {
        count.more++;
        process.stdout.write(`  shows more than promise-first: ${file}\n`);
      } else if (compared.interleaving.size < compared.promiseFirst.size) count.fewer++;
      else count.same++;
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stdout.write(
      `${folder.split('/').at(-1) ?? folder}${ets2 ? ', FEAT_ETS2' : ''}: the same outcomes ${count.same}, interleaving leaves some out ${count.fewer}, ` +
        `shows more ${count.more}, not finished ${count.incomplete}; ${orders} orders of writes against ${states} states, ${seconds} s\n`,
    );
  }
}
