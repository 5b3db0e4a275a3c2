import type { Mutant } from '../../analyzers/mutate/types.js';
import type { ViolationKind } from '../../simulator/machine/violation.js';
import type { Setting } from '../review/cubes.js';

/**
 * What became of a mutant in one scenario, or in all that run its procedure.
 *
 * - `killed`: some run shows a violation that none shows without the mutant.
 * - `equivalent`: it changes nothing that the scenario could show, and `why` says what makes that so.
 * - `survived`: every run is silent, and nothing found says why; `why` is null, or tells that the search for a reason was cut short.
 * - `not-modelled`: some run could not be followed to its end, and none of the others objects.
 * - `not-run`: no run comes to the place.
 */
export type Fate =
  | { readonly k: 'killed'; readonly violations: readonly ViolationKind[]; readonly setting: Setting }
  | { readonly k: 'equivalent'; readonly why: string }
  | { readonly k: 'survived'; readonly why: string | null }
  | { readonly k: 'not-modelled'; readonly why: string }
  | { readonly k: 'not-run' };

export const FATES = ['killed', 'equivalent', 'survived', 'not-modelled', 'not-run'] as const satisfies readonly Fate['k'][];

export interface Tried {
  readonly scenario: string;
  readonly mutant: Mutant;
  readonly fate: Fate;
}

/** How a scenario behaves with nothing changed. */
export interface Baseline {
  readonly scenario: string;
  readonly settings: number;
  readonly states: number;
  readonly violations: readonly ViolationKind[];
  /** Why it can't be used to judge mutants; null where it can. */
  readonly trouble: string | null;
}
