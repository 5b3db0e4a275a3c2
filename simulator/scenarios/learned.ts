import { NOTHING, type Reduce } from '../explore/reductions.js';
import { accessedTogether, alikeCpus } from '../explore/symmetry.js';
import type { Automaton } from '../interp/automaton.js';
import { objectOf } from '../interp/memory.js';
import { SharingFacts } from '../interp/sharing.js';
import type { Trait } from '../machine/machine.js';
import { decode, entriesOf, LARGE_TABLE } from '../machine/mmu.js';
import type { Linked } from './link.js';

/**
 * What runs of one Program have learned about it: which memory is shared, how much room states need. Runs under other settings start from
 * there instead of learning it again; knowing more than a run needs never changes what it shows.
 */
export class Learned {
  sharing: SharingFacts;
  room = 8;
  readonly traits = new Set<Trait>();
  automaton: Automaton | null = null;
  /** Page-table entries that hold something, or that a run has used. */
  readonly entries: Set<string>;
  /** CPUs that may be alike: a reduced search lets them change places, and what one accesses the others may. */
  alike: readonly (readonly number[])[];
  private readonly reduced = new Map<string, Learned>();

  constructor(
    private readonly linked: Linked,
    readonly reduce: Reduce = NOTHING,
  ) {
    this.alike = reduce.symmetry ? alikeCpus(linked.setup) : [];
    this.entries = new Set([...walkedIn(linked)].filter((loc) => holdsSomething(linked, loc)));
    this.sharing = this.facts();
  }

  private facts(): SharingFacts {
    const { linked, alike } = this;
    const walked = walkedIn(linked);
    const large = new Set([...walked].filter((loc) => isLarge(linked, loc)));
    // What stands in a page is watched from the start: it may be freed under a reader.
    const inPage = (loc: string): boolean => linked.setup.physical.has(objectOf(loc)) && !loc.startsWith('.', objectOf(loc).length);
    const empty = (loc: string): boolean => large.has(loc) && !this.entries.has(loc);
    const together = alike.length > 0 ? accessedTogether(linked.setup, alike) : undefined;
    const blank = (loc: string): boolean => linked.setup.blank?.has(objectOf(loc)) === true;
    return new SharingFacts((loc) => (walked.has(loc) || inPage(loc)) && !empty(loc), empty, together, blank);
  }

  /** CPUs turned out not to be alike. */
  tellApart(): void {
    this.alike = [];
    this.sharing = this.facts();
    this.automaton = null;
  }

  /** What is learned for searches that reduce: CPUs that are alike make more memory count as shared. */
  under(reduce: Reduce): Learned {
    if (!reduce.fusion && !reduce.symmetry) return this;
    const key = JSON.stringify(reduce);
    const known = this.reduced.get(key) ?? new Learned(this.linked, reduce);
    this.reduced.set(key, known);
    return known;
  }
}

const walkedIn = ({ mmu }: Linked): ReadonlySet<string> => new Set(mmu ? entriesOf(mmu).map((entry) => entry.loc) : []);

function holdsSomething({ setup, mmu }: Linked, loc: string): boolean {
  const value = setup.initial.get(loc);
  const table = mmu?.tables.find((each) => each.obj === objectOf(loc));
  if (value === undefined || table === undefined) return value !== undefined;
  return value.k !== 'int' || decode(setup.arch, value, table.depth + 1 === mmu?.levels.length).k !== 'invalid';
}

function isLarge({ mmu }: Linked, loc: string): boolean {
  const table = mmu?.tables.find((each) => each.obj === objectOf(loc));
  return (mmu?.levels[table?.depth ?? -1]?.entries ?? 0) > LARGE_TABLE;
}
