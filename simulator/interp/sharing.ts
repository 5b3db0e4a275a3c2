/**
 * Which memory the machine has to know of. A location that only one CPU uses is that CPU's own business; one that nobody writes keeps its
 * first value; one that nobody reads might as well not be there. Only what is left is shared memory with an order.
 *
 * Nobody can tell beforehand, so the first run guesses from what it has seen, and starts again when an access proves a guess wrong. Facts
 * only grow, so it ends. Locations that hardware walks are shared from the start.
 */
export type Sharing = 'private' | 'constant' | 'unread' | 'shared';

/** Thrown when what a run took for granted about a location turns out wrong; the run starts again with the new facts. */
export class SharingChanged extends Error {
  constructor(readonly loc: string) {
    super(`sharing of ${loc} changed`);
  }
}

/** Thrown when an entry of a page table is used that was taken to stay empty; the run starts again with it. */
export class EntryUsed extends Error {
  constructor(readonly loc: string) {
    super(`page-table entry ${loc} is used`);
  }
}

interface Fact {
  readers: number;
  writers: number;
}

const one = (mask: number): boolean => (mask & (mask - 1)) === 0;

export class SharingFacts {
  private readonly facts = new Map<string, Fact>();

  /**
   * `walked(loc)` is true for locations that hardware reads by itself: page-table entries. `empty(loc)` is true for entries that hold nothing
   * and are not among those only as long as nobody writes them, or reads one of a table in `blank`. `together(cpu, loc)`, a mask: CPUs that
   * access the location whenever `cpu` does, for they are alike.
   */
  constructor(
    private readonly walked: (loc: string) => boolean,
    readonly empty: (loc: string) => boolean = () => false,
    private readonly together: (cpu: number, loc: string) => number = (cpu) => 1 << cpu,
    private readonly blank: (loc: string) => boolean = () => false,
  ) {}

  private sharingOf(fact: Fact): Sharing {
    if (fact.writers === 0) return 'constant';
    if (fact.readers === 0) return 'unread';
    return one(fact.readers | fact.writers) ? 'private' : 'shared';
  }

  /** Notes an access by `cpu` and says how to treat it. An atomic whose result nobody uses only writes. */
  access(loc: string, cpu: number, reads: boolean, writes: boolean): Sharing {
    if (this.walked(loc)) return 'shared';
    if ((writes || this.blank(loc)) && this.empty(loc)) throw new EntryUsed(loc);
    const bit = this.together(cpu, loc);
    const known = this.facts.get(loc);
    if (!known) {
      const fact = { readers: reads ? bit : 0, writers: writes ? bit : 0 };
      this.facts.set(loc, fact);
      return this.sharingOf(fact);
    }
    const before = this.sharingOf(known);
    const owner = before === 'private' ? known.readers | known.writers : 0;
    const newReader = reads && (known.readers & bit) !== bit;
    known.readers |= reads ? bit : 0;
    known.writers |= writes ? bit : 0;
    const after = this.sharingOf(known);
    // `constant` stays right for more readers and `unread` for more writers; a private location must stay with its CPU; and the machine
    // forgets history of shared memory that no reader can see, so it must know the readers from the start.
    const wrong =
      before !== after || (before === 'private' && owner !== (known.readers | known.writers)) || (after === 'shared' && newReader);
    if (wrong) throw new SharingChanged(loc);
    return after;
  }

  /** Whether anybody was seen to access the location. */
  knows(loc: string): boolean {
    return this.facts.has(loc);
  }

  /** Whether `cpu` reads the location, as far as is known. */
  reads(loc: string, cpu: number): boolean {
    return ((this.facts.get(loc)?.readers ?? 0) & (1 << cpu)) !== 0;
  }

  /** For a report: the locations that were shared, sorted. */
  shared(): string[] {
    return [...this.facts]
      .filter(([, fact]) => this.sharingOf(fact) === 'shared')
      .map(([loc]) => loc)
      .sort();
  }
}
