import type { ThreadState } from './thread.js';
import { type Value, ZERO } from './value.js';

/** Supervisor CSRs by every name they go by: the kernel's, the assembler's, the number (RISC-V privileged spec, "CSR Listing"). */
const NAMES: Readonly<Record<string, string>> = {
  CSR_CAUSE: 'scause',
  CSR_SCAUSE: 'scause',
  '0x142': 'scause',
  CSR_TVAL: 'stval',
  CSR_STVAL: 'stval',
  '0x143': 'stval',
  CSR_SCRATCH: 'sscratch',
  CSR_SSCRATCH: 'sscratch',
  '0x140': 'sscratch',
  CSR_EPC: 'sepc',
  CSR_SEPC: 'sepc',
  '0x141': 'sepc',
  CSR_STATUS: 'sstatus',
  CSR_SSTATUS: 'sstatus',
  '0x100': 'sstatus',
  CSR_SATP: 'satp',
  '0x180': 'satp',
  CSR_IE: 'sie',
  CSR_IP: 'sip',
  // x86 keeps the address of a fault in CR2 (Intel SDM vol. 3, "Control Registers").
  cr2: 'stval',
};

export const canonicalCsr = (name: string): string => NAMES[name] ?? name.toLowerCase();

/** The kernel keeps sscratch zero while it runs; other CSRs have no value until hardware or the program gives them one. */
export function csrValue(state: ThreadState, name: string): Value {
  return state.csr.get(name) ?? (name === 'sscratch' ? ZERO : { k: 'unknown', key: name });
}

/** scause of page faults: RISC-V privileged spec, "Supervisor Cause (scause) Register". */
export const LOAD_PAGE_FAULT = 13n;
export const STORE_PAGE_FAULT = 15n;

/** sstatus after a trap says where it came from: RISC-V privileged spec, "Supervisor Status (sstatus) Register". */
export const SSTATUS_SPIE = 1n << 5n;
export const SSTATUS_SPP = 1n << 8n;
