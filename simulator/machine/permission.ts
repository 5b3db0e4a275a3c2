import type { Operation } from '../interp/operation.js';
import { int } from '../interp/value.js';
import { leafOf, setAccessed, setWritable } from './leaf.js';
import type { Machine } from './machine.js';
import type { Entry } from './mmu.js';

/** What a leaf gives to an access: it goes, after hardware's update of the leaf where that is needed, or it faults. */
type Permitted = { readonly k: 'goes'; readonly update: number | null } | { readonly k: 'faults' } | { readonly k: 'not-now' };

export const GOES: Permitted = { k: 'goes', update: null };
export const NOT_THERE: Permitted = { k: 'faults' };

/** S2AP[1], bit 7 of a stage-2 leaf: writable (Arm ARM DDI 0487, D8.3 "Stage 2 permissions"). */
const STAGE2_WRITABLE = 1n << 7n;

/**
 * An access through the value at `position` of a leaf, where its flags count (arm64). Hardware updates the access flag and the dirty state by an
 * atomic write of the entry as it stands in memory: a copy that is older is walked anew (Arm ARM DDI 0487, D8.5 "Hardware updates to the
 * translation tables").
 */
export function permitted(
  m: Machine,
  s: Int32Array,
  { write, flags }: Extract<Operation, { op: 'touch' }>,
  entry: Entry,
  position: number,
): Permitted {
  if (flags === 'ignored' || m.setup.arch !== 'arm64') return GOES;
  const value = m.auto.value(m.order.valueAt(s, entry.index, position));
  if (value.k !== 'int') return GOES;
  const stage2 = m.mmu?.regime === 'arm64-stage2';
  const bits = leafOf(value.v);
  const writable = stage2 ? (value.v & STAGE2_WRITABLE) !== 0n : bits.writable;
  const updates = flags === 'updated';
  if (!bits.accessed && !updates) return NOT_THERE;
  if (write && !writable && !(updates && bits.dirtyManaged)) return NOT_THERE;
  const accessed = setAccessed(value.v);
  const after = !write || writable ? accessed : stage2 ? accessed | STAGE2_WRITABLE : setWritable(accessed);
  if (after === value.v) return GOES;
  const inMemory = position === m.order.latest(s, entry.index, m.order.length(s));
  return inMemory ? { k: 'goes', update: m.auto.valueId(int(after)) } : { k: 'not-now' };
}
