import type { Machine } from '../machine/machine.js';
import { mayStop } from '../machine/invariants/unbounded-wait.js';
import { Fusion } from './fusion.js';
import { Futures } from './futures.js';
import { Alike } from './order-alike.js';

/** Which reductions a search makes. */
export interface Reduce {
  readonly fusion: boolean;
  readonly symmetry: boolean;
}

export const NOTHING: Reduce = { fusion: false, symmetry: false };
export const EVERYTHING: Reduce = { fusion: true, symmetry: true };

/** Thrown where a search finds out that its reductions stood on what is not so; it starts again, knowing more. */
export class Relearn extends Error {
  constructor(
    /** Why CPUs are not alike; null where programs went further than was known. */
    readonly asymmetry: string | null,
  ) {
    super(asymmetry ?? 'programs went further than was known');
  }
}

/** What a search makes of each state before it looks whether it knows it. */
export class Reductions {
  readonly fusion: Fusion | null;
  readonly alike: Alike | null;
  readonly futures: Futures | null;

  private looks = 0;

  private constructor(
    m: Machine,
    fuses: boolean,
    groups: readonly (readonly number[])[],
    private readonly patience: number,
  ) {
    this.alike = groups.length > 0 ? new Alike(m, groups) : null;
    const { alike } = this;
    this.futures = fuses ? new Futures(m, (node) => alike?.standsFor(node) ?? node) : null;
    this.fusion = this.futures ? new Fusion(m, this.futures) : null;
  }

  /**
   * The reductions that may be made of this machine's states, or null for none; `groups` are CPUs that may be alike. What waits without bound is told on the whole graph, a CPU
   * at a time; fetches and litmus tests have parts of states that nobody has looked at for this. `patience`: how often `checkMeanwhile` lets it pass
   * that programs go further than was known, since a search that goes on learns more of them at once.
   */
  static of(m: Machine, fuses: boolean, groups: readonly (readonly number[])[], patience = 0): Reductions | null {
    if (m.layout.exact || m.has('fetches') || mayStop(m)) return null;
    const made = new Reductions(m, fuses, groups, patience);
    return made.alike || made.fusion ? made : null;
  }

  /** Reduces `s`. Returns where its CPUs went. */
  apply(s: Int32Array): readonly number[] | null {
    this.fusion?.close(s);
    const which = this.alike?.sort(s) ?? 0;
    return which === 0 ? null : (this.alike?.permuter.all[which] ?? null);
  }

  /** As `check`, while the search is under way: what it finds is kept only if `check` lets it pass in the end. */
  checkMeanwhile(): void {
    this.looks++;
    if (this.looks > this.patience || this.alike?.asymmetry.why() != null) this.check();
  }

  /** Throws where what the search has met by now does not bear the reductions out. */
  check(): void {
    const why = this.alike?.asymmetry.why() ?? null;
    if (why !== null || this.futures?.grew() === true) throw new Relearn(why);
  }
}
