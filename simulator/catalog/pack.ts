import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packCatalog } from './load.js';

/** Last step of the build: `node dist/simulator/catalog/pack.js` leaves the catalog beside itself in the form that loads fastest. */
writeFileSync(join(import.meta.dirname, 'packed.json'), packCatalog(join(process.cwd(), 'simulator', 'catalog')));
