import type { Origin } from '../../simulator/program/types.js';
import type { SourceFile } from './types.js';

/** Where the text came from that patches have edited; `patch` for a file that is all of a patch. */
export const originOf = (file: SourceFile): Origin => file.whole ?? file.lines.find(({ origin }) => origin !== 'patch')?.origin ?? 'patch';
