import type { Architecture } from './architecture.js';
import { type EntryFormat, INVALID } from './entry.js';

/** I of a page-table entry (bit 53, counted from the most significant). */
const PAGE_INVALID = 0x400n;
/** I of a region- or segment-table entry (bit 58). */
const TABLE_INVALID = 0x20n;
/** FC: the entry maps a large frame (bit 53). */
const FORMAT = 0x400n;
const FRAME = 0xffff_ffff_ffff_f000n;
/** Page tables are 2 KiB, tables above 4 KiB to 16 KiB. */
const TABLE = 0xffff_ffff_ffff_f800n;
const LARGE_FRAME = 0xffff_ffff_fff0_0000n;

/**
 * An entry is valid unless its I bit is set, so that zero is a valid entry; FC makes a segment- or region-third-table entry map a frame
 * (z/Architecture Principles of Operation, "Dynamic Address Translation", translation tables). The protection bit and the table type are
 * left out.
 */
const ENTRIES: EntryFormat = {
  decode: (value, last) => {
    const bits = BigInt.asUintN(64, value);
    if (last) return (bits & PAGE_INVALID) !== 0n ? INVALID : { k: 'leaf', to: bits & FRAME };
    if ((bits & TABLE_INVALID) !== 0n) return INVALID;
    return (bits & FORMAT) !== 0n ? { k: 'leaf', to: bits & LARGE_FRAME } : { k: 'table', to: bits & TABLE };
  },
  encode: (kind, to) => (kind === 'block' ? FORMAT | to : to),
  empty: (last) => (last ? PAGE_INVALID : TABLE_INVALID),
};

/**
 * z/Architecture Principles of Operation: "Sequence of Storage References" (fetches and stores appear in program order, but for fetches that
 * pass own stores); "CPU Serialization" (by interruptions, LOAD PSW, interlocked updates, IPTE and its like); "INVALIDATE PAGE TABLE ENTRY"
 * (done on all CPUs when the instruction has ended).
 */
export const S390: Architecture = {
  entries: ENTRIES,
  memory: 'total-store',
  releaseBeforeAcquire: false,
  invalidations: 'executed',
  traps: 'wait-for-stores',
};

/** An entry as IPTE (a page-table entry) and IDTE (one of a table above) leave it: the same, with I set. */
export const invalidated = (value: bigint, level: 'page' | 'table'): bigint => value | (level === 'page' ? PAGE_INVALID : TABLE_INVALID);
