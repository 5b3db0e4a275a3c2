/** Permission and state bits of an arm64 stage-1 leaf (Arm ARM DDI 0487, D8.3 "Translation table descriptor formats"). */
export interface Leaf {
  /** AF, bit 10. */
  readonly accessed: boolean;
  /** AP[2], bit 7, is clear. */
  readonly writable: boolean;
  /** AP[1], bit 6. */
  readonly user: boolean;
  /** DBM, bit 51: hardware may make the entry writable on a store. */
  readonly dirtyManaged: boolean;
}

const USER = 1n << 6n;
const READ_ONLY = 1n << 7n;
const ACCESS_FLAG = 1n << 10n;
const DIRTY_MODIFIER = 1n << 51n;

export const leafOf = (bits: bigint): Leaf => ({
  accessed: (bits & ACCESS_FLAG) !== 0n,
  writable: (bits & READ_ONLY) === 0n,
  user: (bits & USER) !== 0n,
  dirtyManaged: (bits & DIRTY_MODIFIER) !== 0n,
});

export const setAccessed = (bits: bigint): bigint => bits | ACCESS_FLAG;

export const setWritable = (bits: bigint): bigint => bits & ~READ_ONLY;
