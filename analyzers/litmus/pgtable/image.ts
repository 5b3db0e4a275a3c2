/** First bytes of what a level maps: log2 of the size of one entry's range (4 KiB granule, 48-bit addresses; Arm ARM DDI 0487, D8.2). */
export const shiftOf = (level: number): bigint => 39n - 9n * BigInt(level);

const PAGE = 4096n;
const OUTPUT = 0xffff_ffff_f000n;
const MAX_TABLES = 400;

/** A set of tables with one root. Its pages follow one another from `base`. */
export interface Tables {
  readonly name: string;
  readonly stage: 1 | 2;
  readonly base: bigint;
  /** Pages in use. */
  pages: number;
}

/** Why a mapping can't be made, or an entry not be found. */
export class NoWalk extends Error {}

/** The memory that holds page tables, by physical address. */
export class Image {
  readonly descriptors = new Map<bigint, bigint>();
  /** Level and tables of each page. */
  readonly pages = new Map<bigint, { readonly level: number; readonly tables: Tables }>();

  create(name: string, stage: 1 | 2, base: bigint): Tables {
    const tables: Tables = { name, stage, base, pages: 0 };
    this.allocate(tables, 0);
    return tables;
  }

  private allocate(tables: Tables, level: number): bigint {
    const page = tables.base + PAGE * BigInt(tables.pages++);
    if (this.pages.has(page)) throw new NoWalk(`tables ${tables.name} grow into ${this.pages.get(page)?.tables.name ?? 'others'}`);
    if (this.pages.size === MAX_TABLES) throw new NoWalk(`more than ${MAX_TABLES} pages of tables`);
    this.pages.set(page, { level, tables });
    return page;
  }

  /** Physical address of the entry for `address` at `level`, making the tables above it. */
  entry(tables: Tables, address: bigint, level: number): bigint {
    let page = tables.base;
    for (let at = 0; at < level; at++) {
      const pa = entryIn(page, address, at);
      const known = this.descriptors.get(pa) ?? 0n;
      if (known === 0n) {
        page = this.allocate(tables, at + 1);
        this.descriptors.set(pa, page | 0b11n);
      } else if ((known & 0b11n) === 0b11n) page = known & OUTPUT;
      else throw new NoWalk(`a level ${at} entry that leads to no table`);
    }
    return entryIn(page, address, level);
  }

  /** Physical address of the entry that a walk from `base` meets at `level`. */
  find(base: bigint, address: bigint, level: number): bigint {
    let page = base & OUTPUT;
    for (let at = 0; at < level; at++) {
      const known = this.descriptors.get(entryIn(page, address, at)) ?? 0n;
      if ((known & 0b11n) !== 0b11n) throw new NoWalk(`the walk ends at level ${at}`);
      page = known & OUTPUT;
    }
    return entryIn(page, address, level);
  }

  /** Where a walk of one stage leads at first, or null where it faults. */
  translate(base: bigint, address: bigint): bigint | null {
    let page = base & OUTPUT;
    for (let level = 0; level <= 3; level++) {
      const descriptor = this.descriptors.get(entryIn(page, address, level)) ?? 0n;
      const kind = descriptor & 0b11n;
      if ((kind & 1n) === 0n || (level === 3 && kind !== 0b11n)) return null;
      const low = (1n << shiftOf(level)) - 1n;
      if (level === 3 || kind === 0b01n) return (descriptor & OUTPUT & ~low) | (address & low);
      page = descriptor & OUTPUT;
    }
    return null;
  }
}

const entryIn = (page: bigint, address: bigint, level: number): bigint => page + 8n * ((address >> shiftOf(level)) & 511n);
