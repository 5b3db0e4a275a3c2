import type { Entry } from './mmu.js';

/** A TLB invalidation of arm64, decoded from its mnemonic, or of powerpc. */
export interface Tlbi {
  readonly word: string;
  readonly stage: 1 | 2 | 12;
  readonly by: 'address' | 'asid' | 'all';
  /** Last-level form: leaves alone. */
  readonly last: boolean;
  readonly range: boolean;
  readonly local: boolean;
  /** powerpc: the page walk cache alone. */
  readonly tablesOnly?: boolean;
  /** powerpc: what has to follow before a ptesync completes it. */
  readonly awaits?: 'tlbsync' | undefined;
}

/**
 * Decodes `ipas2e1is`, `vale1is`, `rvaae1is`, `vmalle1`, … (Arm ARM DDI 0487, C5.5 "A64 System instructions for TLB maintenance"). Null
 * for a mnemonic that is not one.
 */
export function decodeTlbi(word: string): Tlbi | null {
  const found = /^(r?)(ipas2|vaa|va|aside|vmalls12|vmalle|alle)(l?)(?:e?)([123]?)(is|os|)(nxs|)$/.exec(word);
  if (!found) return null;
  const [, range, what, last, , scope] = found;
  const base = { word, last: last === 'l', range: range === 'r', local: scope === '' };
  switch (what) {
    case 'ipas2':
      return { ...base, stage: 2, by: 'address' };
    case 'va':
    case 'vaa':
      return { ...base, stage: 1, by: 'address' };
    case 'aside':
      return { ...base, stage: 1, by: 'asid' };
    case 'vmalle':
      return { ...base, stage: 1, by: 'all' };
    case 'vmalls12':
    case 'alle':
      return { ...base, stage: 12, by: 'all' };
    default:
      return null;
  }
}

/** An invalidation as issued: what it covers is fixed by its operands. */
export interface Invalidation {
  readonly tlbi: Tlbi;
  /** First byte and one past the last, for forms by address. */
  readonly from: bigint;
  readonly to: bigint;
  /** The level the hint names, or null: none given, or the CPU ignores hints. */
  readonly hint: number | null;
  /** Whose translations it means, on a machine with address spaces. */
  readonly space?: { readonly el2: boolean; readonly vmid: bigint; readonly asid: bigint | null };
}

/**
 * Whether a cached copy of `entry` has to go. `table` says that the copy led to a table.
 *
 * A level hint names the level of the leaf; where it does not fit the entry, nothing need be invalidated (Arm ARM DDI 0487, D8.17
 * "TLB maintenance instructions", TTL hint). Last-level forms leave copies of table entries alone.
 */
export function covers(invalidation: Invalidation, entry: Entry, table: boolean): boolean {
  const { tlbi, hint } = invalidation;
  if (tlbi.by === 'address' && (entry.from >= invalidation.to || entry.from + entry.size <= invalidation.from)) return false;
  if (table) return !tlbi.last && hint === null;
  return tlbi.tablesOnly !== true && (hint === null || hint === entry.level);
}
