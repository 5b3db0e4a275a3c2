import type { Expr, IntType } from '../../../simulator/program/types.js';
import { cast, int, local, u32, u64 } from '../expr.js';

/** A general-purpose register as an operand names it. Its value lives in a local, `X0` for both `W0` and `X0`. */
export interface Register {
  /** Null for WZR and XZR, which read as zero and forget what is written. */
  readonly local: string | null;
  /** The part that the operand names. */
  readonly type: IntType;
}

/** Receives what an instruction reads for the zero register, where the reading itself matters. */
export const DISCARDED = '$discard';

/** Null where `text` is no general-purpose register (Arm ARM DDI 0487, C1.2.5 "Register names"). */
export function registerOf(text: string): Register | null {
  const name = text.trim().toUpperCase();
  const type = name.startsWith('W') ? u32 : u64;
  if (name === 'XZR' || name === 'WZR') return { local: null, type };
  if (name === 'SP' || name === 'WSP') return { local: 'SP', type };
  if (name === 'LR') return { local: 'X30', type };
  if (name === 'FP') return { local: 'X29', type };
  const found = /^[XW](0|[1-9][0-9]?)$/.exec(name);
  return found && Number(found[1]) <= 30 ? { local: `X${found[1] ?? ''}`, type } : null;
}

/** What the register holds, as an unsigned number of its width. */
export function valueOf(register: Register): Expr {
  if (register.local === null) return int(0);
  return register.type.bits === 64 ? local(register.local) : cast(local(register.local), register.type);
}

/** System registers that are nothing but storage here: exceptions write some of them, ERET reads ELR_EL1. */
const storage = new Set(['ELR_EL1', 'ESR_EL1', 'FAR_EL1', 'SPSR_EL1', 'TPIDR_EL0', 'TPIDR_EL1', 'TPIDRRO_EL0', 'SP_EL0']);

/** The local that stands for a system register; null for one whose value or effect is not modelled. */
export function systemRegister(text: string, more: ReadonlySet<string> = storage): string | null {
  const name = text.trim().toUpperCase();
  return storage.has(name) || more.has(name) ? name : null;
}
