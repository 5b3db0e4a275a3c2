import type { Malformed, Unsupported } from '../../simulator/litmus/test.js';
import type { Position } from './syntax.js';

type Failure =
  | { readonly k: 'malformed'; readonly malformed: Malformed }
  | { readonly k: 'unsupported'; readonly unsupported: Unsupported };

/** Why a text does not become a test. Thrown inside the front ends only: `parseLitmus` hands it on as a value. */
export class LitmusFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.k);
  }
}

/** The text at `at` is not what the format asks for. `expected` and `found` read on: "expected a number, found `;`". */
export const malformed = ({ line, column }: Position, expected: string, found: string): LitmusFailure =>
  new LitmusFailure({ k: 'malformed', malformed: { line, column, expected, found: clipped(found) } });

/** Input may be one long word. */
const clipped = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/** The text at `at` says something that is not modelled. `feature` is short and does not vary with the test's own names. */
export const unsupported = ({ line, column }: Position, feature: string): LitmusFailure =>
  new LitmusFailure({ k: 'unsupported', unsupported: { line, column, feature } });
