import type { Architecture } from './architecture.js';
import { type EntryFormat, INVALID } from './entry.js';

const VALID = 1n << 63n;
const LEAF = 1n << 62n;
/** The real page number of a page's entry, as far as Linux uses it (56 bits of address). */
const PAGE_ADDRESS = 0x00ff_ffff_ffff_f000n;
/** Bits 4 to 55 of a directory's entry hold the next directory's address without its low 8 bits; below stands its size. */
const TABLE_ADDRESS = 0x0fff_ffff_ffff_ff00n;

/**
 * Radix trees: bit 0 (the most significant) valid, bit 1 leaf (Power ISA 3.0B Book III, "Radix Tree Translation", page directory and page
 * table entries). Values are as the kernel computes them; the order of their bytes in memory, big-endian for the walker, is left out.
 */
const ENTRIES: EntryFormat = {
  decode: (value) => {
    const bits = BigInt.asUintN(64, value);
    if ((bits & VALID) === 0n) return INVALID;
    return (bits & LEAF) !== 0n ? { k: 'leaf', to: bits & PAGE_ADDRESS } : { k: 'table', to: bits & TABLE_ADDRESS };
  },
  // A page: R and C set, read and write; a directory: the size of the next, 9 bits of index.
  encode: (kind, to) => VALID | to | (kind === 'table' ? 0x9n : LEAF | 0x186n),
  empty: () => 0n,
};

/**
 * Power ISA Book II, "Storage Access Ordering"; Book III, "Translation Lookaside Buffer Management" (tlbie is complete with tlbsync and ptesync)
 * and "Context Synchronization" (interrupts and rfid). That stores may reach CPUs one by one is left out: see docs/machine.md.
 */
export const POWERPC: Architecture = {
  entries: ENTRIES,
  memory: 'weak',
  releaseBeforeAcquire: false,
  invalidations: 'ordered',
  traps: 'synchronise-context',
};
