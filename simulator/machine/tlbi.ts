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
  readonly awaits?: 'eieio' | 'tlbsync' | undefined;
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

/** What the operand of a form by address names, in bytes, and the level of its hint (0: none). */
export interface Operand {
  readonly from: bigint;
  readonly to: bigint;
  readonly level: number;
}

const field = (operand: bigint, low: number, bits: number): bigint => (operand >> BigInt(low)) & ((1n << BigInt(bits)) - 1n);

/**
 * Decodes the register of a form by address, for pages of 4 KiB (Arm A-profile Architecture Registers, DDI 0601, "TLBI VAE1IS" and "TLBI
 * IPAS2E1IS": VA[55:12] or IPA[51:12] from bit 0, TTL in 47:44; "TLBI RVAE1IS": BaseADDR in 36:0, TTL in 38:37, NUM in 43:39, SCALE in 45:44,
 * (NUM + 1) * 2^(5 * SCALE + 1) pages). Addresses of stage 1 are extended by their highest bit.
 */
export function decodeOperand(tlbi: Tlbi, operand: bigint): Operand {
  const [bits, pages] = tlbi.range ? [37, (field(operand, 39, 5) + 1n) << (5n * field(operand, 44, 2) + 1n)] : [44, 1n];
  const page = field(operand, 0, bits);
  const from = tlbi.stage === 1 ? BigInt.asUintN(64, BigInt.asIntN(bits, page) << 12n) : page << 12n;
  const ttl = Number(tlbi.range ? field(operand, 37, 2) : field(operand, 44, 4));
  const level = tlbi.range || ttl >> 2 === 1 ? ttl & 3 : 0;
  return { from, to: from + pages * 4096n, level };
}

/** An invalidation as issued: what it covers is fixed by its operands. */
export interface Invalidation {
  readonly tlbi: Tlbi;
  /** First byte and one past the last, for forms by address. */
  readonly from: bigint;
  readonly to: bigint;
  /** The level the hint names, or null: none given, or the CPU ignores hints. */
  readonly hint: number | null;
  /** With two ASIDs a process, one for the kernel and one for user mode (KPTI): which of them it names; absent where it means both. */
  readonly half?: 'kernel' | 'user';
  /** Of a form by ASID, where a scenario says which CPU runs what under which: the one it names. */
  readonly asid?: bigint;
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
