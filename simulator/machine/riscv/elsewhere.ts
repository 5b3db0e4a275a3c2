import type { Machine } from '../machine.js';

/** What a hart of a scenario may hold of the scenario's tables; `away`: satp names others. */
export const HERE = 0;
/** Away; its copies may have stayed, of no use under the ASID at hand. */
export const KEPT = 1;
/** Away, and without copies. */
export const FRESH = 2;
/** Away, under the very ASID that its copies were made under: they serve the other tables' accesses. */
export const USABLE = 3;

const CODE = 3;
const CODE_BITS = 2;

/** The ASID under which this hart's copies were made. It is kept as how it differs from the scenario's `number`, so that most harts keep zero. */
export const ownAsid = (m: Machine, s: Int32Array, cpu: number): bigint =>
  BigInt(m.get(s, cpu, m.layout.ELSEWHERE) >> CODE_BITS) ^ (m.mmu?.number ?? 0n);

export const codeOf = (m: Machine, s: Int32Array, cpu: number): number => m.get(s, cpu, m.layout.ELSEWHERE) & CODE;

/** Notes where a hart is, and the ASID of what it holds. */
export function note(m: Machine, t: Int32Array, cpu: number, code: number, asid: bigint): void {
  m.set(t, cpu, m.layout.ELSEWHERE, (Number(asid ^ (m.mmu?.number ?? 0n)) << CODE_BITS) | code);
}

/** Whether a CPU (of any architecture) walks other tables than the scenario's. */
export const isAway = (m: Machine, s: Int32Array, cpu: number): boolean => codeOf(m, s, cpu) !== HERE;

/** Whether what a CPU (of any architecture) holds of the scenario's tables is of use to it now. */
export function mayUseCopies(m: Machine, s: Int32Array, cpu: number): boolean {
  if (!m.has('address-spaces')) return true;
  const code = codeOf(m, s, cpu);
  return code === HERE || code === USABLE;
}

/** Whether a fence that names `asid` is about the copies of this hart. Where nobody follows satp and no number is given, each is. */
export const isOfSpace = (m: Machine, s: Int32Array, cpu: number, asid: bigint): boolean =>
  (m.mmu?.number === undefined && !m.has('address-spaces')) || ownAsid(m, s, cpu) === (asid & 0xffffn);

/** A fence has taken all copies of this hart. */
export function forgetSpace(m: Machine, t: Int32Array, cpu: number): void {
  if (codeOf(m, t, cpu) !== HERE) note(m, t, cpu, FRESH, ownAsid(m, t, cpu));
}
