import type { ViolationKind } from '../../machine/violation.js';
import type { Line, Scene } from '../build.js';

/**
 * For each violation a protocol that is right, and mutants of it that drop or weaken one barrier, flush, lock or wait. The right one is
 * silent; each mutant shows the one kind of violation and no other, with every window.
 */
export interface Protocol {
  readonly name: string;
  readonly kind: ViolationKind;
  /** The protocol; `without` names the part that a mutant drops. */
  readonly scene: (without: string) => Scene;
  readonly mutants: readonly string[];
  /** Parts whose removal changes nothing, with the reason. */
  readonly equivalent?: Readonly<Record<string, string>>;
  /** Mutants that need a delayed store to be seen. */
  readonly onlyDelayed?: readonly string[];
}

/** `lines`, unless the mutant drops the part. */
export const part = (without: string, name: string, ...lines: Line[]): Line => (without === name ? [] : lines);
export const instead = (without: string, name: string, line: Line, other: Line): Line => (without === name ? other : line);
