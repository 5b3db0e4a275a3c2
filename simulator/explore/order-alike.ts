import type { Machine } from '../machine/machine.js';
import { Components } from './components.js';
import { Permuter } from './permute.js';
import { permutations } from './permutations.js';
import { Asymmetry } from './symmetry.js';

/** Puts CPUs that are alike in one order, so that states which differ only in who of them is where are one. */
export class Alike {
  readonly permuter: Permuter;
  readonly asymmetry: Asymmetry;
  /** Blocks as they would be if their CPU were the first of its group, numbered as they are met: what CPUs are ordered by. */
  private readonly ranks: Components;
  private readonly scratch: Int32Array;
  private readonly byPlaces = new Map<string, number>();
  /** Per CPU: the permutation that lets it change places with the first of its group; -1 for a CPU that is like no other. */
  private readonly toFirst: readonly number[];
  private readonly standing = new Map<number, number>();

  constructor(
    private readonly m: Machine,
    readonly groups: readonly (readonly number[])[],
  ) {
    const all = permutations(m.rcuThread, groups);
    this.permuter = new Permuter(m, all);
    this.asymmetry = new Asymmetry(m, groups);
    this.ranks = new Components(m.layout.threadSize);
    this.scratch = new Int32Array(m.layout.size);
    all.forEach((p, i) => this.byPlaces.set(p.join(), i));
    this.toFirst = m.setup.cpus.map((_, cpu) => {
      const first = groups.find((group) => group.includes(cpu))?.[0];
      if (first === undefined) return -1;
      const places = m.setup.cpus.map((_, each) => (each === cpu ? first : each === first ? cpu : each));
      return this.byPlaces.get(places.join()) ?? -1;
    });
  }

  /** Number of what the block of `cpu` in `s` would be if it were the first of its group. */
  rank(s: Int32Array, cpu: number): number {
    const which = this.toFirst[cpu] ?? -1;
    const first = this.permuter.all[which]?.[cpu] ?? cpu;
    this.permuter.block(s, cpu, which, this.scratch);
    return this.ranks.number(this.scratch, this.m.layout.at(first));
  }

  /** The permutation, by number, that puts CPUs with these ranks in order; 0 where they are. */
  order(rankOf: (cpu: number) => number): number {
    let places: number[] | null = null;
    for (const group of this.groups) {
      const ranks = group.map(rankOf);
      if (ranks.every((rank, i) => i === 0 || (ranks[i - 1] ?? 0) <= rank)) continue;
      places ??= [...(this.permuter.all[0] ?? [])];
      const order = [...group.keys()].sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0));
      for (const [place, member] of order.entries()) places[group[member] ?? 0] = group[place] ?? 0;
    }
    return places ? (this.byPlaces.get(places.join()) ?? 0) : 0;
  }

  /** Puts the CPUs of `s` in order. Returns by which permutation. */
  sort(s: Int32Array): number {
    const which = this.order((cpu) => this.rank(s, cpu));
    if (which !== 0) {
      this.permuter.state(s, which, this.scratch);
      s.set(this.scratch);
    }
    return which;
  }

  /** One local state for all that CPUs that are alike may be in in place of each other. */
  standsFor(node: number): number {
    const known = this.standing.get(node);
    if (known !== undefined) return known;
    const orbit = this.permuter.all.map((_, which) => this.permuter.node(node, which));
    const least = Math.min(...orbit);
    for (const each of orbit) this.standing.set(each, least);
    return least;
  }
}
