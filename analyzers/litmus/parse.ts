import type { Catalog } from '../../simulator/catalog/load.js';
import type { LitmusTest, Parsed } from '../../simulator/litmus/test.js';
import { LitmusFailure, unsupported } from './failure.js';
import { parseFile } from './file.js';
import type { LitmusFile } from './syntax.js';

/** Gives a file a meaning on one architecture. Throws LitmusFailure. */
export type FrontEnd = (file: LitmusFile, catalog: Catalog) => LitmusTest;

/** By the first word of the file. */
const frontEnds: ReadonlyMap<string, FrontEnd> = new Map();

/**
 * Turns the text of a `.litmus` file into a test. Whatever the text is, the answer is a value. `name` stands for the test's own where the
 * text is not understood far enough.
 */
export function parseLitmus(name: string, text: string, catalog: Catalog): Parsed {
  let known = name;
  try {
    const file = parseFile(text);
    known = file.name;
    const frontEnd = frontEnds.get(file.arch);
    if (!frontEnd) throw unsupported(file.at, `architecture ${file.arch}`);
    return { k: 'test', test: frontEnd(file, catalog) };
  } catch (error) {
    if (!(error instanceof LitmusFailure)) throw error;
    return error.failure.k === 'malformed' ? error.failure : { ...error.failure, name: known };
  }
}
