import type { Request } from '../../interp/operation.js';
import type { Machine } from '../machine.js';

/**
 * Where RVWMO differs from the order of arm64, which the rest of the machine has in common with it (RISC-V unprivileged spec, "RVWMO Memory
 * Consistency Model", "Preserved Program Order"; Pulte et al. 2019 for both).
 */

/** Rule 3: a load that reads an own AMO or SC comes after it. On arm64 only an acquire does. */
export const forwardsAtomics = (m: Machine, acquire: boolean): boolean => !acquire && m.setup.arch !== 'riscv';

/** An AMO is a load and a store in one operation: what comes after its load, by acquire or by dependency, comes after its store. */
export function oneOperation(m: Machine, t: Int32Array, cpu: number, request: Request, stored: number, acquire: boolean): void {
  const at = m.layout;
  m.raise(t, cpu, at.VR, stored);
  if (acquire) for (const field of [at.RN, at.FN, at.WN]) m.raise(t, cpu, field, stored);
  if (request.slot >= 0) m.raise(t, cpu, at.SLOT + request.slot, stored);
}

/** "Syntactic Dependencies": the register of an SC that succeeded depends on its store. */
export function exclusiveStored(m: Machine, t: Int32Array, cpu: number, request: Request, stored: number): void {
  if (request.slot >= 0) m.set(t, cpu, m.layout.SLOT + request.slot, stored);
}
