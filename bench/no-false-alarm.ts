import { initC } from '../analyzers/c/parser.js';
import { inTree, loadResources } from '../bot/review/resources.js';
import { versionOf } from '../bot/review/scenario-runs.js';
import { openTree } from '../bot/tree/open.js';
import { testTree } from '../bot/tree/testing/trees.js';
import { functionAt } from './kernel-edits/function-text.js';
import { PRESERVING } from './kernel-edits/preserving.js';
import { reviewEdit } from './kernel-edits/review-edit.js';
import { table } from './threads.js';

/**
 * Patches that change nothing, made of the functions that scenarios run in a kernel tree: none may be said to introduce anything.
 * `node dist/bench/no-false-alarm.js [TREE [FUNCTIONS_A_SCENARIO [SCENARIO]]]`; exit status 1 where one is.
 */
const [given, wanted = '2', only = ''] = process.argv.slice(2);
const path = given ?? testTree('6.12');
if (path === null) process.exit(1);
const opened = await openTree({ path });
if (!opened.ok) throw new Error(opened.why);
const { tree } = opened;
await initC();
const resources = inTree(loadResources());

const rows = [['edit', 'function', 'scenarios that ran', 'verdict', 'ms']];
const seen = new Set<string>();
let made = 0;
let alarms = 0;
for (const scenario of resources.scenarios.filter(({ spec }) => spec.scenario.includes(only))) {
  const { program, reach } = versionOf(resources, tree.source, scenario, scenario.spec.explore);
  const functions = [...reach.procedures].flatMap((name) => {
    const at = program.procedures.get(name)?.at;
    const text = at?.origin === 'tree' && at.file.endsWith('.c') ? tree.source.read(at.file)?.text : undefined;
    const found = at && text !== undefined ? functionAt(text, at.line) : null;
    return at && found ? [{ name, file: at.file, found }] : [];
  });
  let taken = 0;
  for (const { name, file, found } of functions.sort((a, b) => b.found.body.length - a.found.body.length)) {
    if (seen.has(`${file} ${name}`) || taken >= Number(wanted)) continue;
    seen.add(`${file} ${name}`);
    taken++;
    for (const { name: edit, edit: change } of PRESERVING) {
      const after = change(found, name);
      if (after === null || after === found.text) continue;
      const began = performance.now();
      const result = reviewEdit(resources, tree, `${edit} in ${name}`, file, after);
      made++;
      const introduced = result.findings.filter(({ status }) => status === 'introduced');
      if (introduced.length > 0) alarms++;
      const ran = [...new Set(result.ran.map((row) => row.scenario))].join(' ');
      const verdict = introduced.length > 0 ? `FALSE ALARM: ${introduced.map(({ violation }) => violation).join(' ')}` : result.verdict;
      const counts = result.counts.length > 0 ? `, ${String(result.counts.length)} counts` : '';
      rows.push([edit, name, ran, verdict + counts, String(Math.round(performance.now() - began))]);
      process.stderr.write(`${rows.at(-1)?.join('  ') ?? ''}\n`);
    }
  }
}
process.stdout.write(`${tree.name}\n\n${table(rows)}\n\n${String(made)} patches that change nothing, ${String(alarms)} false alarms\n`);
tree.close();
process.exitCode = alarms > 0 ? 1 : 0;
