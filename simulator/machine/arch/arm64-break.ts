import { ARM64 } from './arm64.js';
import type { Decoded } from './entry.js';

/** How far a CPU lets the size of a mapping change while it is in use (ID_AA64MMFR2_EL1.BBM; Arm ARM DDI 0487, FEAT_BBM). */
export type BbmLevel = 0 | 1 | 2;

const WRITABLE_STAGE1 = (bits: bigint): boolean => (bits & (1n << 7n)) === 0n || (bits & (1n << 51n)) !== 0n;
const WRITABLE_STAGE2 = (bits: bigint): boolean => (bits & (1n << 7n)) !== 0n || (bits & (1n << 51n)) !== 0n;
const NOT_GLOBAL = 1n << 11n;
const CONTIGUOUS = 1n << 52n;
/** nT, bit 16 of a block: the entry is not kept, so that its size may change (FEAT_BBM level 1). */
const NOT_TRANSLATING = 1n << 16n;

/**
 * What changes between two valid values of one entry that may not both be in use at once, or null where the change needs no break-before-make
 * (Arm ARM DDI 0487, D8.17 "TLB maintenance", "Using break-before-make when updating translation table entries"; Linux 6.12
 * arch/arm64/mm/mmu.c, pgattr_change_is_safe).
 *
 * Permissions, access flag, dirty state and software bits may change at will. Left out: shareability, and an output address that changes
 * between two read-only pages (needed only where their contents differ). A table entry that comes to point at another table is not counted.
 */
export function needsBreak(before: bigint, after: bigint, last: boolean, stage: 1 | 2, level: BbmLevel): string | null {
  const old = ARM64.entries.decode(before, last);
  const now = ARM64.entries.decode(after, last);
  if (old.k === 'invalid' || now.k === 'invalid') return null;
  if (old.k !== now.k) return sizeMayChange(before, after, old, level) ? null : 'the size of the mapping';
  if (old.k === 'table' || now.k === 'table') return null;
  const writable = stage === 1 ? WRITABLE_STAGE1 : WRITABLE_STAGE2;
  if (old.to !== now.to && (writable(before) || writable(after))) return 'the output address';
  const memoryType = stage === 1 ? 0x1cn : 0x3cn;
  if (((before ^ after) & memoryType) !== 0n) return 'the memory type';
  if (((before ^ after) & CONTIGUOUS) !== 0n && level === 0) return 'the contiguous bit';
  if (stage === 1 && (before & NOT_GLOBAL) !== 0n && (after & NOT_GLOBAL) === 0n) return 'non-global to global';
  return null;
}

function sizeMayChange(before: bigint, after: bigint, old: Decoded, level: BbmLevel): boolean {
  const block = old.k === 'leaf' ? before : after;
  return level === 2 || (level === 1 && (block & NOT_TRANSLATING) !== 0n);
}
