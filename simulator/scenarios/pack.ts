import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packScenarios } from './load.js';

/** A step of the build: `node dist/simulator/scenarios/pack.js` leaves the headers of scenarios beside itself in the form that loads fastest. */
writeFileSync(join(import.meta.dirname, 'packed.json'), packScenarios(process.cwd()));
