import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAMILIES } from './families.js';
import { AGES, CONFIG, packScenarios } from './load.js';
import { VOCABULARY } from './vocabulary.js';

/** A step of the build: `node dist/simulator/scenarios/pack.js` leaves the headers of scenarios and the configuration of the skeletons beside itself in the form that loads fastest. */
const root = process.cwd();
writeFileSync(
  join(import.meta.dirname, 'packed.json'),
  packScenarios(
    root,
    [AGES, CONFIG, FAMILIES, VOCABULARY].map((path) => readFileSync(join(root, path), 'utf8')),
  ),
);
