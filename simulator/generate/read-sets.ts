import { Components } from '../explore/components.js';
import type { Layout } from '../machine/layout.js';
import { Growing } from './growing.js';
import type { Parts } from './parts.js';

/**
 * What shared fields show to a step that reads the values of some locations only: all of them but the values of the other locations, as a
 * number. `Order.looked` says which locations a step has read; where shared fields show the same to it, it reads the same again and does
 * the same.
 */
export class ReadSets {
  private readonly sets = new Map<string, number>();
  private readonly members: Uint8Array[] = [];
  /** Per set and shared fields: the number and one, or 0 where nobody asked. */
  private readonly shown: Growing[] = [];
  /** By what is shown, and last the set. */
  private readonly shows: Components;
  private readonly key: Int32Array;

  constructor(private readonly parts: Parts) {
    const { globalSize } = parts.m.layout;
    this.shows = new Components(globalSize + 1);
    this.key = new Int32Array(globalSize + 1);
  }

  /** Number of a set of locations. */
  number(locations: ReadonlySet<number>): number {
    const name = [...locations].sort((a, b) => a - b).join();
    const known = this.sets.get(name);
    if (known !== undefined) return known;
    const members = new Uint8Array(this.parts.m.layout.locations);
    for (const location of locations) members[location] = 1;
    this.members.push(members);
    this.shown.push(new Growing());
    this.sets.set(name, this.sets.size);
    return this.sets.size - 1;
  }

  /** What shared fields `g` show to who reads the locations of `set`, as a number: the same for the same. */
  of(set: number, g: number): number {
    const shown = this.shown[set];
    if (!shown) return -1;
    while (shown.length <= g) shown.push(0);
    const known = shown.items[g] ?? 0;
    if (known > 0) return known - 1;
    const made = this.made(set, g);
    shown.items[g] = made + 1;
    return made;
  }

  private made(set: number, g: number): number {
    const { key, parts } = this;
    parts.restoreShared(g, key);
    hide(parts.m.layout, key, this.members[set] ?? new Uint8Array(0));
    key[key.length - 1] = set;
    return this.shows.number(key, 0);
  }

  get bytes(): number {
    return this.shown.reduce((sum, each) => sum + each.bytes, this.shows.bytes);
  }
}

/** Clears the values of all locations but the members: see `Order` for where values stand. */
function hide({ BASE, BASE_VIEW, LEN, ORDER }: Layout, shared: Int32Array, members: Uint8Array): void {
  for (let i = BASE; i < BASE_VIEW; i++) if (members[i - BASE] !== 1) shared[i] = 0;
  for (let i = ORDER, end = ORDER + 2 * (shared[LEN] ?? 0); i < end; i += 2) {
    const code = shared[i] ?? 0;
    if (code >= 0 && members[code] !== 1) shared[i + 1] = 0;
  }
}
