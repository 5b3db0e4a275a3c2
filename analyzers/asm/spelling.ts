/** Spellings by the kernel's word size, for texts whose headers are not at hand. */
const mnemonics: ReadonlyMap<string, string> = new Map([
  ['REG_L', 'ld'],
  ['REG_S', 'sd'],
  ['REG_SC', 'sc.d'],
  ['REG_AMOSWAP_AQ', 'amoswap.d.aq'],
]);

/** Sizes of the 64-bit kernel, and exception codes of the privileged architecture (scause), by the kernel's names for them. */
const constants: ReadonlyMap<string, bigint> = new Map([
  ['SZREG', 8n],
  ['LGREG', 3n],
  ['RISCV_SZPTR', 8n],
  ['RISCV_LGPTR', 3n],
  ['EXC_INST_MISALIGNED', 0n],
  ['EXC_INST_ACCESS', 1n],
  ['EXC_INST_ILLEGAL', 2n],
  ['EXC_BREAKPOINT', 3n],
  ['EXC_LOAD_MISALIGNED', 4n],
  ['EXC_LOAD_ACCESS', 5n],
  ['EXC_STORE_MISALIGNED', 6n],
  ['EXC_STORE_ACCESS', 7n],
  ['EXC_SYSCALL', 8n],
  ['EXC_INST_PAGE_FAULT', 12n],
  ['EXC_LOAD_PAGE_FAULT', 13n],
  ['EXC_STORE_PAGE_FAULT', 15n],
]);

/** The instruction that a size-dependent macro is on 64-bit kernels; other names are themselves, in lower case. */
export function nativeMnemonic(name: string): string {
  return mnemonics.get(name) ?? name.toLowerCase();
}

export function architectureConstant(name: string): bigint | null {
  return constants.get(name) ?? null;
}
