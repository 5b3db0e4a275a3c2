import type { Abort } from './operation.js';

/** Exception classes of a data abort, from the level that takes it and from a lower one (Arm ARM DDI 0487, "ESR_EL1", EC). */
const SAME_LEVEL = 0x25n;
const LOWER_LEVEL = 0x24n;
/** "ISS encoding for an exception from a Data Abort": DFSC of a translation fault is 0b0001 and the level; bit 6 is WnR. IL is bit 25. */
const TRANSLATION_FAULT = 0x04n;
const WRITE = 1n << 6n;
const IL = 1n << 25n;

/**
 * What hardware writes when an access of the kernel or of a user faults: the registers that a handler reads. Without `abort` the level of the
 * fault is that of a page.
 */
export function dataAbort(va: bigint, write: boolean, user: boolean, abort: Abort | null): readonly (readonly [string, bigint])[] {
  const level = BigInt(abort?.level ?? 3);
  return [
    ['far_el1', va],
    ['esr_el1', ((user ? LOWER_LEVEL : SAME_LEVEL) << 26n) | IL | (write ? WRITE : 0n) | TRANSLATION_FAULT | level],
  ];
}
