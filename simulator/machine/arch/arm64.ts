import { type EntryFormat, INVALID } from './entry.js';

const ADDRESS = 0xffff_ffff_f000n;

/**
 * Bit 0 valid, bit 1 a table above the last level and a page on it, the address is bits 47 to 12 (Arm ARM DDI 0487, D8.3 "Translation table
 * descriptor formats").
 */
export const ARM64_ENTRIES: EntryFormat = {
  decode: (value, last) => {
    if ((value & 1n) === 0n) return INVALID;
    const to = value & ADDRESS;
    const second = (value & 2n) !== 0n;
    if (last) return second ? { k: 'leaf', to } : INVALID;
    return { k: second ? 'table' : 'leaf', to };
  },
  // A page: valid, page, AF, S2AP read and write, MemAttr.
  encode: (kind, to) => to | (kind === 'table' ? 0x3n : 0x7c3n),
  empty: () => 0n,
};
