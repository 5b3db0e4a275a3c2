import type { Arch } from '../../simulator/program/arch.js';

/** How the kernel's build configures an architecture. Its folder below arch/ and make's ARCH have the name that we use. */
export interface KernelArch {
  /** Files below arch/ARCH/configs that `make defconfig` merges, in order. */
  readonly defconfig: readonly string[];
  /** What is set otherwise than these files say, unless a user gives a configuration of their own. */
  readonly changes: Readonly<Record<string, string>>;
}

export const kernelArches: Readonly<Record<Arch, KernelArch>> = {
  arm64: { defconfig: ['defconfig'], changes: {} },
  riscv: { defconfig: ['defconfig'], changes: {} },
  // arch/x86/Makefile, KBUILD_DEFCONFIG. PARAVIRT would turn every flush and every page-table write into a call through pv_ops, whose target
  // is patched in at boot; on bare metal that is the native function.
  x86: { defconfig: ['x86_64_defconfig'], changes: { PARAVIRT: 'n' } },
  // arch/powerpc/Makefile: ppc64le_defconfig merges le.config into ppc64_defconfig.
  powerpc: { defconfig: ['ppc64_defconfig', 'le.config'], changes: {} },
  s390: { defconfig: ['defconfig'], changes: {} },
};
