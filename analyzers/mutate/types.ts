import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Instr, Procedure, Program, SourceRef } from '../../simulator/program/types.js';

/**
 * What a mutant does to the code.
 *
 * - `drop`: a barrier, an invalidation, an atomic that nobody asks for its result or the wait for a grace period goes; of what comes in pairs
 *   (locks, masks, read sections) both ends go.
 * - `weaken`: a barrier, an order of an access or the reach of an invalidation becomes a weaker one of its kind.
 * - `move`: a barrier, an invalidation or the call of one changes places with what stands before or after it.
 * - `range`: an invalidation covers another address, or less.
 * - `hint`: an invalidation claims another level.
 * - `wait`: nobody waits for other CPUs, or for a grace period.
 * - `split`: an atomic becomes a read and a write.
 * - `free-first`: what is freed after an invalidation is freed before it.
 * - `ignore`: a check of what other CPUs may change goes one way whatever it finds.
 */
export type Operator = 'drop' | 'weaken' | 'move' | 'range' | 'hint' | 'wait' | 'split' | 'free-first' | 'ignore';

/** One change to one procedure. */
export interface Mutant {
  readonly operator: Operator;
  /** In words, as in `drops dsb(ishst)`. */
  readonly what: string;
  readonly at: SourceRef;
  readonly procedure: string;
  /** The instructions that it concerns, as they stand in the Program: a mutant of what never runs says nothing. */
  readonly sites: readonly Instr[];
  readonly changed: Procedure;
}

/** The procedure that mutants are made of, and what its calls mean. */
export interface Subject {
  readonly procedure: Procedure;
  readonly program: Program;
  /** The catalog's row, for the names that the Program itself does not define. */
  row(name: string): CatalogRow | undefined;
  /** Names of primitives without operands that mean what is asked for, in C. */
  named(meaning: CatalogRow['does']): string | undefined;
}

export type Call = Extract<Instr, { op: 'call' }>;

/** A call of a primitive, and its row. */
export function primitiveOf(subject: Subject, instr: Instr | undefined): { readonly call: Call; readonly row: CatalogRow } | null {
  if (instr?.op !== 'call' || instr.callee.k !== 'name' || subject.program.procedures.has(instr.callee.name)) return null;
  const row = subject.row(instr.callee.name);
  return row === undefined ? null : { call: instr, row };
}
