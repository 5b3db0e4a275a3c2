import type { EntryFormat } from './entry.js';

/** What tells one architecture's CPUs from another's, where the machine's rules fork. */
export interface Architecture {
  readonly entries: EntryFormat;
  /**
   * `weak`: accesses are ordered by barriers, acquires, releases and dependencies alone. `total-store`: loads are done in program order, stores
   * become visible in program order, and a load may pass only the CPU's own older stores, whose values it sees all the same; atomics are
   * full barriers.
   */
  readonly memory: 'weak' | 'total-store';
  /** A load-acquire comes after an older store-release of its CPU. */
  readonly releaseBeforeAcquire: boolean;
  /**
   * `executed`: invalidating is something a CPU does, to itself or to others, and is done when the instruction has ended: each CPU has a floor
   * for each entry. `ordered`: an invalidation is issued, completes with a later barrier, and is then an entry of the order of writes, which
   * binds the CPUs that have passed it.
   */
  readonly invalidations: 'executed' | 'ordered';
  /** What taking an exception or interrupt, and returning from one, means to the CPU's accesses. */
  readonly traps: 'synchronise-context' | 'wait-for-stores' | 'nothing';
}
