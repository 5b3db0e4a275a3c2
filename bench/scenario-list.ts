import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../bot/package.js';
import { loadResources } from '../bot/review/resources.js';
import { listPage } from '../bot/scenarios/list.js';
import { parseCaught } from './caught-data.js';
import { violationsPage } from './violations-page.js';

/**
 * `node dist/bench/scenario-list.js` writes docs/scenario-list.md anew, from the headers of the scenarios, and docs/scenario-violations.md, from
 * what docs/caught.json says was measured.
 */
const { scenarios, treeScenarios } = loadResources();
const all = [...scenarios, ...treeScenarios].sort((a, b) => (a.spec.scenario < b.spec.scenario ? -1 : 1));
const docs = (name: string): string => join(packageRoot(), 'docs', name);
writeFileSync(docs('scenario-list.md'), listPage(all));
writeFileSync(docs('scenario-violations.md'), violationsPage(all, parseCaught(readFileSync(docs('caught.json'), 'utf8'))));
