/** A change of the machine that takes one rule away. `from` stands exactly once in `file`. */
export interface Mutant {
  /** What the machine no longer knows. */
  readonly rule: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Why no test can notice. */
  readonly equivalent?: string;
  /** Files of tests to try; those of the simulator where nothing is said. */
  readonly tests?: readonly string[];
}
