import type { FaultType } from '../../interp/operation.js';
import type { Path } from '../path.js';

/** Bits of an entry (RISC-V privileged spec, "Sv39: Page-Based 39-bit Virtual-Memory System"). */
const READ = 1n << 1n;
const WRITE = 1n << 2n;
const USER = 1n << 4n;
const GLOBAL = 1n << 5n;
const ACCESSED = 1n << 6n;
const DIRTY = 1n << 7n;

export const isGlobal = (bits: bigint): boolean => (bits & GLOBAL) !== 0n;

/** What a leaf gives to an access: it goes through, hardware first makes the entry `update`, or it faults. */
export type Grant = { readonly k: 'fault'; readonly type: FaultType } | { readonly k: 'pass'; readonly update: bigint | null };

/**
 * Steps 5 and 7 of "Virtual Address Translation Process": permissions, then the A and D bits, which hardware sets (`updates`: Svadu) or
 * which fault while they are clear (Svade). Supervisor code may not use pages of users: SUM is taken to be clear.
 */
export function grant(bits: bigint, wanted: { readonly write: boolean; readonly user: boolean }, updates: boolean): Grant {
  if (((bits & USER) !== 0n) !== wanted.user) return { k: 'fault', type: 'permission' };
  if ((bits & (wanted.write ? WRITE : READ)) === 0n) return { k: 'fault', type: 'permission' };
  const after = bits | ACCESSED | (wanted.write ? DIRTY : 0n);
  if (after === bits) return { k: 'pass', update: null };
  return updates ? { k: 'pass', update: after } : { k: 'fault', type: 'access-flag' };
}

/** The access comes after the update of the entry (RISC-V privileged spec, "Addressing and Memory Protection", on the A and D bits). */
export const afterUpdate = (path: Path, position: number): Path => ({ ...path, post: Math.max(path.post, position) });
