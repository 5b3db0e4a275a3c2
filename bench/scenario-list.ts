import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../bot/package.js';
import { loadResources } from '../bot/review/resources.js';
import { listPage } from '../bot/scenarios/list.js';

/** `node dist/bench/scenario-list.js` writes docs/scenario-list.md anew, from the headers of the scenarios. */
const { scenarios, treeScenarios } = loadResources();
const all = [...scenarios, ...treeScenarios].sort((a, b) => (a.spec.scenario < b.spec.scenario ? -1 : 1));
writeFileSync(join(packageRoot(), 'docs', 'scenario-list.md'), listPage(all));
