/** The architectures that Programs are compiled for, by the name of their folder under `arch/` in a kernel tree. */
export const ARCHES = ['arm64', 'riscv', 'x86', 'powerpc', 's390'] as const;

export type Arch = (typeof ARCHES)[number];
