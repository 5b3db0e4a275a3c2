import { CODE_BITS, FRESH, HERE, type Whereabouts, whereabouts } from '../elsewhere.js';
import type { Machine } from '../machine.js';

/** The ASID under which this hart's copies were made. It is kept as how it differs from the scenario's `number`, so that most harts keep zero. */
export const ownAsid = (m: Machine, s: Int32Array, cpu: number): bigint =>
  BigInt(m.get(s, cpu, m.layout.ELSEWHERE) >> CODE_BITS) ^ (m.mmu?.number ?? 0n);

/** Notes where a hart is, and the ASID of what it holds. */
export function note(m: Machine, t: Int32Array, cpu: number, at: Whereabouts, asid: bigint): void {
  m.set(t, cpu, m.layout.ELSEWHERE, (Number(asid ^ (m.mmu?.number ?? 0n)) << CODE_BITS) | at);
}

/** Whether a fence that names `asid` is about the copies of this hart. Where nobody follows satp and no number is given, each is. */
export const isOfSpace = (m: Machine, s: Int32Array, cpu: number, asid: bigint): boolean =>
  (m.mmu?.number === undefined && !m.has('address-spaces')) || ownAsid(m, s, cpu) === (asid & 0xffffn);

/** A fence has taken all copies of this hart. */
export function forgetSpace(m: Machine, t: Int32Array, cpu: number): void {
  if (whereabouts(m, t, cpu) !== HERE) note(m, t, cpu, FRESH, ownAsid(m, t, cpu));
}
