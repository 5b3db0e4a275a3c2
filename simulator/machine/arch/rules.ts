import type { Arch } from '../../program/arch.js';
import type { Architecture } from './architecture.js';
import { ARM64 } from './arm64.js';
import { POWERPC } from './powerpc.js';
import { RISCV } from './riscv.js';
import { S390 } from './s390.js';
import { X86 } from './x86.js';

const ARCHITECTURES: Readonly<Record<Arch, Architecture>> = { arm64: ARM64, riscv: RISCV, x86: X86, powerpc: POWERPC, s390: S390 };

export const architecture = (arch: Arch): Architecture => ARCHITECTURES[arch];
