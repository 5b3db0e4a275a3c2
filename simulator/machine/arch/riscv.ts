import type { Architecture } from './architecture.js';
import { type EntryFormat, INVALID } from './entry.js';

/**
 * V is bit 0, an entry with R, W or X set is a leaf, the page number is bits 53 to 10 (RISC-V privileged spec, "Sv39: Page-Based 39-bit
 * Virtual-Memory System").
 */
const ENTRIES: EntryFormat = {
  decode: (value) => {
    if ((value & 1n) === 0n) return INVALID;
    return { k: (value & 0xen) === 0n ? 'table' : 'leaf', to: ((value >> 10n) & 0xfff_ffff_ffffn) << 12n };
  },
  // A page: V, R, W, A, D; of the kernel G as well, as Linux maps it (arch/riscv/include/asm/pgtable.h, _PAGE_KERNEL).
  encode: (kind, to, kernel) => ((to >> 12n) << 10n) | (kind === 'table' ? 0x1n : kernel ? 0xe7n : 0xc7n),
  empty: () => 0n,
};

/**
 * RISC-V: the unprivileged manual's "RVWMO Memory Consistency Model"; the privileged manual's "Supervisor Memory-Management Fence Instruction"
 * (a fence is local and done when it is executed; no word of what a trap orders, so an axis decides about walks).
 */
export const RISCV: Architecture = {
  entries: ENTRIES,
  memory: 'weak',
  releaseBeforeAcquire: false,
  invalidations: 'executed',
  traps: 'nothing',
};
