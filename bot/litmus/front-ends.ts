import { join } from 'node:path';
import { loadCatalog } from '../../simulator/catalog/load.js';
import { packageRoot } from '../review/resources.js';
import type { Engine, FrontEnd, Reader } from './one.js';

/** Readers of litmus languages. The first that knows a text's language has it. */
const FRONT_ENDS: readonly FrontEnd[] = [];

const run: Engine = () => ({ k: 'unsupported', feature: 'running litmus tests', at: null });

/** All that a worker needs to read and run tests. */
export function loadReader(root = packageRoot()): Promise<Reader> {
  const catalog = loadCatalog(join(root, 'simulator', 'catalog'), join(root, 'dist', 'simulator', 'catalog', 'packed.json'));
  return Promise.resolve({ catalog, frontEnds: FRONT_ENDS, engine: run });
}
