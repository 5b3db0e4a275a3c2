import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openTree } from '../bot/tree/open.js';
import { loadMails } from '../bot/ingest/mails.js';
import { applyPatches } from '../bot/review/steps.js';
import { sharedFolder } from '../bot/series/testing/shared.js';
import { assemble } from '../bot/series/assemble.js';
import { testTree } from '../bot/tree/testing/trees.js';

/**
 * How the hunks of real threads come into a kernel tree, and how long that takes: `node dist/bench/apply.js [TREE [REVISION [FILTER]]]`.
 * Only patches of which the tree has a file count.
 */
const [given, revision, filter = ''] = process.argv.slice(2);
const path = given ?? testTree('6.12');
const threads = sharedFolder('threads');
if (path === null || threads === null) process.exit(1);
const opened = await openTree(revision === undefined || revision === '' ? { path } : { path, revision });
if (!opened.ok) throw new Error(opened.why);
const { source, history, name } = opened.tree;
console.log(name);
const total = { exact: 0, 'three-way': 0, tokens: 0, there: 0, 'new-file': 0, refused: 0, 'no file': 0 };
let slowest = { ms: 0, what: '' };
for (const folder of ['seeds', 'corpus']) {
  for (const file of readdirSync(join(threads, folder)).sort()) {
    if (!/\.(?:mbox|txt)$/.test(file) || !file.includes(filter)) continue;
    const { series } = assemble((await loadMails(join(threads, folder, file))).mails);
    for (const one of series) {
      const count = { ...total };
      for (const key of Object.keys(count) as (keyof typeof count)[]) count[key] = 0;
      const began = performance.now();
      const steps = applyPatches(
        source,
        one.patches.map(({ mail, diff }) => ({ messageId: mail.messageId, files: diff.files })),
        (hash) => {
          const blob = history?.blob(hash) ?? null;
          return blob !== null && 'text' in blob ? blob.text : null;
        },
      );
      const ms = performance.now() - began;
      if (ms > slowest.ms) slowest = { ms, what: `${file} v${String(one.version)}` };
      const whys: string[] = [];
      steps.forEach((step, p) => {
        step.merges.forEach((merge, i) => {
          const hunks = one.patches[p]?.diff.files[i]?.hunks.length ?? 0;
          if (merge.kind === 'reversed') count.there += hunks;
          else if (merge.kind === 'refused') {
            count[merge.why.startsWith('the tree has no file') ? 'no file' : 'refused'] += hunks;
            if (!merge.why.startsWith('the tree has no file')) whys.push(`${String(p + 1)}: ${merge.why}`);
          } else if (merge.how === 'new-file') count['new-file'] += hunks;
          else {
            for (const hunk of merge.hunks) count[merge.reversed?.includes(hunk.hunk) ? 'there' : hunk.way] += 1;
            count.refused += merge.refused.length;
            whys.push(...merge.refused.map(({ why }) => `${String(p + 1)}: ${why}`));
          }
        });
      });
      const shown = Object.entries(count).flatMap(([what, n]) => (n === 0 ? [] : [`${String(n)} ${what}`]));
      console.log(`${file} v${String(one.version)} (${String(one.patches.length)} patches, ${ms.toFixed(0)} ms): ${shown.join(', ')}`);
      if (filter !== '') for (const why of whys) console.log(`    ${why}`);
      for (const key of Object.keys(count) as (keyof typeof count)[]) total[key] += count[key];
    }
  }
}
console.log(total, slowest, `${String(Math.round(process.memoryUsage().rss / 1e6))} MB`);
opened.tree.close();
