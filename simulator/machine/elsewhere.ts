import type { Machine } from './machine.js';

/** The register that names a CPU's tables (satp, CR3, an ASCE, PIDR) names the scenario's. */
export const HERE = 0;
/** Away; its copies may have stayed, of no use under the tag (ASID, PCID, PID) at hand. */
export const KEPT = 1;
/** Away, and without copies. */
export const FRESH = 2;
/** Away, under the very tag that its copies were made under: they serve the other tables' accesses. */
export const USABLE = 3;

export type Whereabouts = typeof HERE | typeof KEPT | typeof FRESH | typeof USABLE;

/** Bits of the field that say where a CPU is; what stands above them is the architecture's (riscv/asid.ts). */
export const CODE_BITS = 2;
const CODE = (1 << CODE_BITS) - 1;

/** Where a CPU is. */
export const whereabouts = (m: Machine, s: Int32Array, cpu: number): Whereabouts =>
  (m.get(s, cpu, m.layout.ELSEWHERE) & CODE) as Whereabouts;

/** Notes where a CPU is, on architectures that keep nothing above. */
export function goTo(m: Machine, t: Int32Array, cpu: number, to: Whereabouts): void {
  m.set(t, cpu, m.layout.ELSEWHERE, to);
}

/** Whether a CPU's accesses go through other tables than the scenario's. */
export const isAway = (m: Machine, s: Int32Array, cpu: number): boolean => whereabouts(m, s, cpu) !== HERE;

/** Whether what a CPU holds of the scenario's tables is of use to it now. Where nobody follows the register, it always is. */
export function mayUseCopies(m: Machine, s: Int32Array, cpu: number): boolean {
  if (!m.has('address-spaces')) return true;
  const at = whereabouts(m, s, cpu);
  return at === HERE || at === USABLE;
}
