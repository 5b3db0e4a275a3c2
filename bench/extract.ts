// `faultline extract` over the functions of fixtures/extract/functions.yaml, as a table for docs/extract.md.
// Run: npm run build && npx tsc -p bench && node dist/bench/extract.js TREE [ARCH…]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { initC } from '../analyzers/c/parser.js';
import { sourcesOf } from '../analyzers/program/on-demand.js';
import { survey } from '../analyzers/program/survey.js';
import { folderTree } from '../analyzers/source/folder-tree.js';
import { loadResources } from '../bot/review/resources.js';
import { packageRoot } from '../bot/package.js';
import { TreeConfigs } from '../bot/review/tree-scenario.js';
import { ARCHES } from '../simulator/program/arch.js';

const listSchema = z.partialRecord(z.enum(ARCHES), z.record(z.string(), z.array(z.string())));

const [path, ...only] = process.argv.slice(2);
if (path === undefined) throw new Error('which tree? node dist/bench/extract.js TREE [ARCH…]');
const list = listSchema.parse(parse(readFileSync(join(packageRoot(), 'fixtures', 'extract', 'functions.yaml'), 'utf8')));
const { catalog } = loadResources();
const tree = folderTree(path, 'tree');
const configs = new TreeConfigs(tree);
await initC();
const lines = [
  '| architecture | listed | taken | clean | unsupported | over budget | CPU s | slowest, CPU ms | MB |',
  '|---|---|---|---|---|---|---|---|---|',
];
for (const arch of ARCHES) {
  if (only.length > 0 && !only.includes(arch)) continue;
  const sources = sourcesOf(tree, { arch, defines: configs.of(arch), catalog: catalog.rows });
  const sums = { listed: 0, taken: 0, clean: 0, unsupported: 0, over: 0, ms: 0 };
  let slowest = { name: '', ms: 0 };
  for (const [file, names] of Object.entries(list[arch] ?? {})) {
    for (const name of names) {
      sums.listed++;
      const began = process.cpuUsage();
      const compiled = sources.compile({ entries: [{ name, file }] });
      const { leftOut } = survey(compiled.program, {
        row: (each) => catalog.find(arch, each) ?? null,
        unresolved: compiled.unresolved,
        features: catalog.features,
      });
      const used = process.cpuUsage(began);
      const ms = Math.round((used.user + used.system) / 1000);
      sums.ms += ms;
      if (ms > slowest.ms) slowest = { name, ms };
      if (compiled.entries.some((entry) => entry.k === 'missing')) continue;
      sums.taken++;
      const isUnsupported = leftOut.some(({ reason, what }) => reason === 'unsupported' && !what.startsWith('not modelled:'));
      if (isUnsupported) sums.unsupported++;
      if (compiled.overBudget !== null) sums.over++;
      if (!isUnsupported && compiled.overBudget === null) sums.clean++;
    }
  }
  const share = sums.taken === 0 ? '' : ` (${((100 * sums.clean) / sums.taken).toFixed(1)} %)`;
  const memory = Math.round(process.memoryUsage().rss / 1e6);
  lines.push(
    `| ${arch} | ${sums.listed} | ${sums.taken} | ${sums.clean}${share} | ${sums.unsupported} | ${sums.over} | ${(sums.ms / 1000).toFixed(1)} | ${slowest.name} ${slowest.ms} | ${memory} |`,
  );
}
process.stdout.write(`${lines.join('\n')}\n`);
