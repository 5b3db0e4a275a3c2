import type { Architecture } from './architecture.js';
import { type EntryFormat, INVALID } from './entry.js';

const PRESENT = 1n;
const GLOBAL = 1n << 8n;
/** PS in an entry above the last level; PAT on the last level. */
const PAGE_SIZE = 1n << 7n;
const ADDRESS = 0xf_ffff_ffff_f000n;
/** Bit 12 of a large page's entry is PAT, bits below the page's size are reserved. */
const LARGE_ADDRESS = 0xf_ffff_ffff_e000n;

/**
 * P is bit 0; PS (bit 7) makes an entry above the last level map a page; the address is bits 51 to 12 (Intel SDM vol. 3, "4-Level Paging and
 * 5-Level Paging", tables of entry formats; AMD APM vol. 2, "Long-Mode Page Translation").
 */
const ENTRIES: EntryFormat = {
  decode: (value, last) => {
    if ((value & PRESENT) === 0n) return INVALID;
    if (last) return { k: 'leaf', to: value & ADDRESS };
    return (value & PAGE_SIZE) !== 0n ? { k: 'leaf', to: value & LARGE_ADDRESS } : { k: 'table', to: value & ADDRESS };
  },
  // Present, writable, accessed, dirty; a large page says that it is one. Hardware ignores the dirty bit in an entry that leads to a table;
  // Linux takes one without it for a bad one (arch/x86/include/asm/pgtable.h, pmd_bad).
  encode: (kind, to) => to | (kind === 'block' ? PAGE_SIZE | 0x63n : 0x63n),
  empty: () => 0n,
};

/**
 * Intel SDM vol. 3: "Memory Ordering in P6 and More Recent Processor Families"; "Store Buffer" (drained by interrupts, exceptions,
 * serializing and locked instructions); "Invalidation of TLBs and Paging-Structure Caches" (by this CPU's instructions; IRET and INVLPG
 * serialise: "Serializing Instructions").
 */
export const X86: Architecture = {
  entries: ENTRIES,
  memory: 'total-store',
  releaseBeforeAcquire: false,
  invalidations: 'executed',
  traps: 'wait-for-stores',
};

/** Whether a leaf's translation is global: kept over writes of CR3 (Intel SDM vol. 3, "Global Pages"). Only leaves have the bit. */
export const isGlobal = (value: bigint): boolean => (value & GLOBAL) !== 0n;
