import type { Machine } from './machine.js';
import type { Entry } from './mmu.js';

/** The contiguous bit of a block or page (Arm ARM DDI 0487, D8.3 "Translation table descriptor formats"). */
const CONTIGUOUS = 1n << 52n;

/** Entries that one contiguous translation spans, with pages of 4 KiB, at every level (Arm ARM DDI 0487, D8.7.1 "The Contiguous bit"). */
const GROUP = 16;

/** A value of another entry of the group, from which hardware may make the same translation. */
export interface Sibling {
  readonly entry: Entry;
  readonly position: number;
}

/**
 * Other entries that may stand in for the value `bits` of `entry`: one copy of a contiguous entry translates for the whole group, whichever of
 * them it was made from (Arm ARM DDI 0487, D8.7.1 "The Contiguous bit"). A sibling of which another address or other attributes would follow
 * makes another translation, and is left out; so is what hardware may do where the members of a group do not agree.
 */
export function siblings(m: Machine, s: Int32Array, entry: Entry, bits: bigint): Sibling[] {
  if (m.setup.arch !== 'arm64' || (bits & CONTIGUOUS) === 0n) return [];
  const group = entry.size * BigInt(m.mmu?.contiguous ?? GROUP);
  const found: Sibling[] = [];
  for (const other of m.entries) {
    if (other.index === entry.index || other.table !== entry.table || other.from / group !== entry.from / group) continue;
    for (const position of m.order.open(s, other.index, 0)) {
      const value = m.auto.value(m.order.valueAt(s, other.index, position));
      if (value.k === 'int' && value.v - bits === other.from - entry.from) found.push({ entry: other, position });
    }
  }
  return found;
}
