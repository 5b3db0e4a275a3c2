import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Procedure, Program } from '../../simulator/program/types.js';
import { atomicMutants } from './atomics.js';
import { barrierMutants } from './barriers.js';
import { checkMutants } from './checks.js';
import { invalidationMutants } from './invalidations.js';
import { freeFirstMutants, moveMutants } from './moves.js';
import { sectionMutants } from './sections.js';
import type { Mutant, Subject } from './types.js';

/** What the catalog knows, as mutants ask for it. */
export interface Primitives {
  row(name: string): CatalogRow | undefined;
  /** A primitive of C without operands that means this. */
  named(meaning: CatalogRow['does']): string | undefined;
}

/**
 * Every mutant of one procedure: each changes one thing that kernel code does for the sake of order, translation or lifetime. Two that come
 * out the same (moving a barrier down over another one, and that one up) are one.
 */
export function mutantsOf(program: Program, procedure: Procedure, primitives: Primitives): Mutant[] {
  const subject: Subject = { procedure, program, row: (name) => primitives.row(name), named: (meaning) => primitives.named(meaning) };
  const seen = new Set<string>();
  return [barrierMutants, invalidationMutants, sectionMutants, atomicMutants, checkMutants, freeFirstMutants, moveMutants]
    .flatMap((make) => make(subject))
    .filter(({ changed }) => {
      const text = JSON.stringify(changed.code, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
      return !seen.has(text) && seen.add(text);
    })
    .sort((a, b) => a.at.line - b.at.line);
}

/** The Program with a mutant in place of its procedure. */
export const mutated = (program: Program, mutant: Mutant): Program => ({
  ...program,
  procedures: new Map([...program.procedures, [mutant.procedure, mutant.changed]]),
});
