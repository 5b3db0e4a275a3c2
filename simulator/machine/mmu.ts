import type { Value } from '../interp/value.js';
import type { Arch } from '../program/arch.js';
import { type Decoded, INVALID } from './arch/entry.js';
import { architecture } from './arch/rules.js';

export type { Decoded } from './arch/entry.js';

/** One page table of the scenario: an object of 8-byte entries that map from `base` on. Tables that only come up later stand here too. */
export interface Table {
  readonly obj: string;
  /** Index into `Mmu.levels`. */
  readonly depth: number;
  readonly base: bigint;
}

export interface Level {
  /** The architecture's number of the level (arm64: 0 to 3; riscv: counts down to 0). */
  readonly level: number;
  /** log2 of the bytes that one entry maps. */
  readonly shift: number;
  readonly entries: number;
}

/** What hardware translates through. Every CPU of the scenario uses it: a table that one CPU walks, any CPU may have cached. */
export interface Mmu {
  readonly regime: 'riscv' | 'arm64-stage1' | 'arm64-stage2' | 'x86' | 'powerpc-radix' | 's390';
  readonly root: string;
  /** From the root down. */
  readonly levels: readonly Level[];
  readonly tables: readonly Table[];
  /** Entries of large tables that hold something or that somebody writes; all their others are empty for good. Absent: every entry counts. */
  readonly used?: ReadonlySet<string>;
  /** Address spaces that system registers choose, in place of the one tree below `root`. */
  readonly spaces?: Spaces;
  /** powerpc, riscv: the number (PID, ASID) under which the tables are used. Absent: every number is theirs. */
  readonly number?: bigint | undefined;
  /** arm64: entries that one contiguous translation spans; absent: those of hardware. */
  readonly contiguous?: number | undefined;
  /** riscv: the values of satp that a test names. Without any, all harts use `root` under one ASID. */
  readonly satps?: readonly bigint[];
}

/** The memory of page tables where system registers say which of them count (arm64): both stages, any number of roots. */
export interface Spaces {
  /** Entries that programs may change. */
  readonly entries: readonly SpaceEntry[];
  /** What all other entries hold for good, by physical address; what stands nowhere holds zero. */
  readonly fixed: ReadonlyMap<bigint, bigint>;
}

export interface SpaceEntry {
  readonly physical: bigint;
  /** Object that holds it, and its index there. */
  readonly table: string;
  readonly index: number;
  readonly level: number;
}

/** One page-table entry; its index is that of its location on the machine. */
export interface Entry {
  readonly index: number;
  readonly loc: string;
  readonly table: string;
  readonly depth: number;
  readonly level: number;
  readonly from: bigint;
  readonly size: bigint;
}

/** Tables with more entries than this are seldom used but for a few: only those are memory of the machine (see Mmu.used). */
export const LARGE_TABLE = 16;

export function entriesOf(mmu: Mmu): Entry[] {
  const entries: Entry[] = (mmu.spaces?.entries ?? []).map(({ table, index: slot, level }, index) => ({
    index,
    loc: `${table}[${slot}]`,
    table,
    depth: level,
    level,
    from: 0n,
    size: 0n,
  }));
  for (const table of mmu.tables) {
    const level = mmu.levels[table.depth];
    if (!level) throw new Error(`table ${table.obj} stands at depth ${String(table.depth)}, which the scenario does not have`);
    for (let i = 0; i < level.entries; i++) {
      const loc = `${table.obj}[${String(i)}]`;
      if (level.entries > LARGE_TABLE && mmu.used?.has(loc) === false) continue;
      const size = 1n << BigInt(level.shift);
      const from = table.base + BigInt(i) * size;
      entries.push({
        index: entries.length,
        loc,
        table: table.obj,
        depth: table.depth,
        level: level.level,
        from,
        size,
      });
    }
  }
  return entries;
}

/** What a walker makes of an entry's value; what is no number leads nowhere. `last`: on the last level. */
export function decode(arch: Arch, value: Value, last: boolean): Decoded {
  return value.k === 'int' ? architecture(arch).entries.decode(value.v, last) : INVALID;
}

/** Name of the entry of table `obj` that translates `va`, whether or not it counts. */
export function slotFor(mmu: Mmu, obj: string, va: bigint): string {
  const table = mmu.tables.find((each) => each.obj === obj);
  const level = mmu.levels[table?.depth ?? -1];
  const index = table && level ? (va - table.base) >> BigInt(level.shift) : -1n;
  return level && index >= 0n && index < BigInt(level.entries) ? `${obj}[${String(index)}]` : 'an address that no table covers';
}

/** The entry of table `obj` that translates `va`, or null where the table does not reach it. */
export function entryFor(entries: readonly Entry[], obj: string, va: bigint): Entry | null {
  return entries.find((entry) => entry.table === obj && va >= entry.from && va < entry.from + entry.size) ?? null;
}
