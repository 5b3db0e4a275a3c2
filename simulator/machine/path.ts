import type { Abort, FaultType } from '../interp/operation.js';
import type { Value } from '../interp/value.js';
import type { Entry } from './mmu.js';

/** One way that the translation of an access may go. */
export interface Path {
  readonly steps: readonly { readonly entry: Entry; readonly position: number }[];
  /** A physical page, or why there is none. */
  readonly end: { readonly k: 'page'; readonly to: bigint } | { readonly k: 'fault'; readonly type: FaultType; readonly abort?: Abort };
  /** View of what comes after this walk. */
  readonly post: number;
  /** First position of another CPU's invalidation that this walk has to come before. */
  readonly limit: number;
  /** What hardware makes of the last entry on the way: access flag, dirty state. Null where it leaves the entry alone. */
  readonly update: Value | null;
  readonly stale: boolean;
}

/** What the walk of an access has to give. */
export interface Wanted {
  readonly write: boolean;
  readonly user: boolean;
}
