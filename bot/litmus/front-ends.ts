import { join } from 'node:path';
import { initC } from '../../analyzers/c/parser.js';
import { parsePgtable } from '../../analyzers/litmus/pgtable/parse.js';
import { parseLitmus } from '../../analyzers/litmus/parse.js';
import { loadCatalog } from '../../simulator/catalog/load.js';
import { packageRoot } from '../package.js';
import { runTest } from './engine.js';
import type { FrontEnd, Reader } from './one.js';

/** Readers of litmus languages. The first that knows a text's language has it. */
const FRONT_ENDS: readonly FrontEnd[] = [parsePgtable, parseLitmus];

/** All that a worker needs to read and run tests. */
export async function loadReader(root = packageRoot()): Promise<Reader> {
  await initC();
  const catalog = loadCatalog(join(root, 'simulator', 'catalog'), join(root, 'dist', 'simulator', 'catalog', 'packed.json'));
  return { catalog, frontEnds: FRONT_ENDS, engine: runTest };
}
