import type { Architecture } from './architecture.js';
import { type EntryFormat, INVALID } from './entry.js';

const ADDRESS = 0xffff_ffff_f000n;

/**
 * Bit 0 valid, bit 1 a table above the last level and a page on it, the address is bits 47 to 12 (Arm ARM DDI 0487, D8.3 "Translation table
 * descriptor formats").
 */
const ENTRIES: EntryFormat = {
  decode: (value, last) => {
    if ((value & 1n) === 0n) return INVALID;
    const to = value & ADDRESS;
    const second = (value & 2n) !== 0n;
    if (last) return second ? { k: 'leaf', to } : INVALID;
    return { k: second ? 'table' : 'leaf', to };
  },
  // A page: valid, page, AF, S2AP read and write, MemAttr. A block differs in bit 1.
  encode: (kind, to) => to | { table: 0x3n, page: 0x7c3n, block: 0x7c1n }[kind],
  empty: () => 0n,
};

/**
 * Arm ARM DDI 0487: B2.3 "Definition of the Arm memory model" (a load-acquire is barrier-ordered after an older store-release), D8.17 "TLB
 * maintenance instructions" (complete with DSB), D1.3 "Exceptions" (entry and return are context synchronization events).
 */
export const ARM64: Architecture = {
  entries: ENTRIES,
  memory: 'weak',
  releaseBeforeAcquire: true,
  invalidations: 'ordered',
  traps: 'synchronise-context',
};
