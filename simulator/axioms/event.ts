import type { Value } from '../interp/value.js';
import type { SourceRef } from '../program/types.js';

/**
 * What kernel code does that the memory model speaks of. An atomic read-modify-write is a read and a write that know of each other; a lock
 * is an atomic of its lock's word (0 unlocked, 1 locked), as tools/memory-model/Documentation/herd-representation.txt lays down.
 */
export type Event =
  | {
      readonly k: 'read';
      readonly loc: string;
      readonly value: Value;
      readonly order: ReadOrder;
      /** Part of an atomic read-modify-write, also where that stores nothing because its comparison failed. */
      readonly atomic: boolean;
      readonly deps: Dependencies;
      readonly at: SourceRef;
    }
  | {
      readonly k: 'write';
      readonly loc: string;
      readonly value: Value;
      readonly order: WriteOrder;
      readonly atomic: boolean;
      /** Index, in the trace, of the read of the same atomic; null for a plain store. */
      readonly readBy: number | null;
      readonly deps: Dependencies;
      readonly at: SourceRef;
    }
  | { readonly k: 'fence'; readonly fence: Fence; readonly at: SourceRef }
  /** synchronize_srcu() of the domain at `loc`. */
  | { readonly k: 'srcu-sync'; readonly loc: string; readonly at: SourceRef };

/** `no-return`: the read of an atomic whose result the kernel's interface does not give; smp_rmb() does not order it. */
export type ReadOrder = 'plain' | 'once' | 'acquire' | 'no-return' | 'lock' | 'lock-query' | 'srcu-lock';
export type WriteOrder = 'plain' | 'once' | 'release' | 'lock' | 'unlock' | 'srcu-unlock';

export type Fence =
  | 'mb'
  | 'rmb'
  | 'wmb'
  | 'before-atomic'
  | 'after-atomic'
  | 'after-spinlock'
  | 'after-unlock-lock'
  | 'after-srcu-read-unlock'
  | 'rcu-lock'
  | 'rcu-unlock'
  | 'rcu-sync';

/** Earlier reads of the same thread, by bit (bit n: the n-th read of the trace), that the event's address, data or being there depends on. */
export interface Dependencies {
  readonly addr: number;
  readonly data: number;
  readonly ctrl: number;
}

/** One way a thread may run, given what its reads return. */
export interface Trace {
  readonly events: readonly Event[];
  /** Final values of the procedure's results. */
  readonly results: ReadonlyMap<string, Value>;
  /** Why the run stopped before its end; null for a complete one. */
  readonly cut: string | null;
}
