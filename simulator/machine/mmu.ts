import type { Arch } from '../interp/setup.js';
import type { Value } from '../interp/value.js';

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
  readonly regime: 'riscv' | 'arm64-stage1' | 'arm64-stage2';
  readonly root: string;
  /** From the root down. */
  readonly levels: readonly Level[];
  readonly tables: readonly Table[];
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

export function entriesOf(mmu: Mmu): Entry[] {
  const entries: Entry[] = [];
  for (const table of mmu.tables) {
    const level = mmu.levels[table.depth];
    if (!level) throw new Error(`table ${table.obj} stands at depth ${String(table.depth)}, which the scenario does not have`);
    for (let i = 0; i < level.entries; i++) {
      const size = 1n << BigInt(level.shift);
      const from = table.base + BigInt(i) * size;
      entries.push({
        index: entries.length,
        loc: `${table.obj}[${String(i)}]`,
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

/** What an entry's value tells a walker. `to` is a physical address. */
export type Decoded =
  | { readonly k: 'invalid' }
  | { readonly k: 'leaf'; readonly to: bigint }
  | { readonly k: 'table'; readonly to: bigint };

const INVALID: Decoded = { k: 'invalid' };

/**
 * riscv: V is bit 0, an entry with R, W or X set is a leaf, the page number is bits 53 to 10 (RISC-V privileged spec, "Sv39: Page-Based
 * 39-bit Virtual-Memory System"). arm64: bit 0 valid, bit 1 a table above the last level and a page on it, the address is bits 47 to 12
 * (Arm ARM DDI 0487, D8.3 "Translation table descriptor formats").
 */
export function decode(arch: Arch, value: Value, last: boolean): Decoded {
  if (value.k !== 'int' || (value.v & 1n) === 0n) return INVALID;
  if (arch === 'riscv') {
    const to = ((value.v >> 10n) & 0xfff_ffff_ffffn) << 12n;
    return (value.v & 0xen) === 0n ? { k: 'table', to } : { k: 'leaf', to };
  }
  const to = value.v & 0xffff_ffff_f000n;
  if (last) return (value.v & 2n) === 0n ? INVALID : { k: 'leaf', to };
  return (value.v & 2n) === 0n ? { k: 'leaf', to } : { k: 'table', to };
}

/** The entry of table `obj` that translates `va`, or null where the table does not reach it. */
export function entryFor(entries: readonly Entry[], obj: string, va: bigint): Entry | null {
  return entries.find((entry) => entry.table === obj && va >= entry.from && va < entry.from + entry.size) ?? null;
}
