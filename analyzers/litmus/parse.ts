import type { Catalog } from '../../simulator/catalog/load.js';
import type { LitmusTest, Parsed } from '../../simulator/litmus/test.js';
import { arm64Test } from './arm64/front-end.js';
import { LitmusFailure } from './failure.js';
import { parseFile } from './file.js';
import { lkmmTest } from './lkmm/front-end.js';
import { riscvTest } from './riscv/front-end.js';
import { isSelfModifying } from './self-modifying/front-end.js';
import { arm64SelfModifying, riscvSelfModifying } from './self-modifying/tests.js';
import type { LitmusFile } from './syntax.js';

/** Gives a file a meaning on one architecture. Throws LitmusFailure. */
type FrontEnd = (file: LitmusFile, catalog: Catalog) => LitmusTest;

/** By the first word of the file. */
const frontEnds: ReadonlyMap<string, FrontEnd> = new Map([
  ['AArch64', (file, catalog) => (isSelfModifying(file) ? arm64SelfModifying : arm64Test)(file, catalog)],
  ['C', lkmmTest],
  ['RISCV', (file, catalog) => (isSelfModifying(file) ? riscvSelfModifying : riscvTest)(file, catalog)],
]);

/**
 * Turns the text of a `.litmus` file into a test. Whatever the text is, the answer is a value: null where its first word is no architecture
 * that is known here. `name` stands for the test's own where the text is not understood far enough.
 */
export function parseLitmus(name: string, text: string, catalog: Catalog): Parsed | null {
  const frontEnd = frontEnds.get(/^(?:\s|\(\*(?:[^*]|\*(?!\)))*\*\))*([A-Za-z0-9_]+)/.exec(text)?.[1] ?? '');
  if (!frontEnd) return null;
  let known = name;
  try {
    const file = parseFile(text);
    known = file.name;
    return { k: 'test', test: frontEnd(file, catalog) };
  } catch (error) {
    if (!(error instanceof LitmusFailure)) throw error;
    return error.failure.k === 'malformed' ? error.failure : { ...error.failure, name: known };
  }
}
