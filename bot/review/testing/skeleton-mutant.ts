/** A scenario on edited skeletons, and what it has to show. */
export interface SkeletonMutant {
  readonly scenario: string;
  readonly what: string;
  /** Each: in a file, a text that stands there once, and what takes its place. */
  readonly edits: readonly (readonly [file: string, from: string, to: string])[];
  /** Violations that some setting shows. */
  readonly shows: readonly string[];
}
