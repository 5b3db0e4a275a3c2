import { describe, expect, it } from 'vitest';
import { memoryTree } from '../source/memory-tree.js';
import { compileAsm } from './compile.js';
import { listing } from './testing/listing.js';

const treeOf = (files: Readonly<Record<string, string>>) => memoryTree(new Map(Object.entries(files)), 'skeleton');

const headers = {
  'include/linux/linkage.h': '#define SYM_CODE_START(name) .globl name ; name:\n#define SYM_CODE_END(name) .size name, .-name\n',
  'arch/riscv/include/asm/csr.h':
    '#define CSR_SCAUSE 0x142\n#define CSR_MCAUSE 0x342\n#ifdef CONFIG_RISCV_M_MODE\n# define CSR_CAUSE CSR_MCAUSE\n#else\n# define CSR_CAUSE CSR_SCAUSE\n#endif\n#define EXC_LOAD_PAGE_FAULT 13\n#define SR_A 0x2\n#define SR_B 0x8\n',
  'arch/riscv/include/asm/asm.h':
    '#if __riscv_xlen == 64\n#define __SEL(a, b) a\n#else\n#define __SEL(a, b) b\n#endif\n#define REG_L __SEL(ld, lw)\n#define PUSH(r, n) sd r, ((n) * 8)(sp)\n#ifdef __ASSEMBLY__\n.macro drop n\n\taddi sp, sp, \\n * 8\n.endm\n#endif\n',
  'arch/riscv/include/asm/hwcap.h':
    '#define ISA_EXT_LATE 77\n#define LATE_FENCE(x) ALTERNATIVE(__stringify(x), "nop", 0, ISA_EXT_LATE, CONFIG_LATE)\n',
};

const source = `#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/csr.h>
#include <asm/hwcap.h>

SYM_CODE_START(look)
	csrr	t0, CSR_CAUSE	# why are we here
	li	t1, EXC_LOAD_PAGE_FAULT
	bne	t0, t1, 1f
#ifdef CONFIG_64BIT
	REG_L	t1, TI_WORK(tp)
#else
	lw	t1, TI_WORK(tp)
#endif
	PUSH(t1, 2)
	LATE_FENCE(sfence.vma)
	drop	1
	li	t1, SR_A | SR_B
1:	ret
SYM_CODE_END(look)
`;

describe('compileAsm', () => {
  const path = 'arch/riscv/kernel/look.S';
  const defines = { CONFIG_64BIT: '1', CONFIG_LATE: '1' };

  it('preprocesses with the headers of the tree, and keeps the words that the machine knows', () => {
    const program = compileAsm(treeOf({ ...headers, [path]: source }), { arch: 'riscv', files: [path], defines, catalog: [] });
    expect(program.omissions).toEqual([]);
    const look = program.procedures.get('look');
    expect(look?.at).toEqual({ file: path, line: 6, origin: 'skeleton' });
    expect(listing(look)).toEqual([
      't0 = asm.csrr("CSR_CAUSE")',
      't1 = 13',
      'ifzero (s64(t0) == s64(t1)) goto 11',
      't1 = load s64 tp->TI_WORK once',
      'store s64 sp[16x1] = t1 once',
      '$alternative.ISA_EXT_LATE = axis.alternative("ISA_EXT_LATE")',
      'ifzero $alternative.ISA_EXT_LATE goto 8',
      'goto 9',
      '_ = asm.sfence.vma()',
      'sp = (sp + 8)',
      't1 = 10',
      'return a0',
    ]);
    expect(look?.code[4]?.at).toEqual({ file: path, line: 15, origin: 'skeleton' });
    expect(look?.code[9]?.at).toEqual({ file: 'arch/riscv/include/asm/asm.h', line: 10, origin: 'skeleton' });
  });

  it('reports files that are not there, and procedures that two files define', () => {
    const program = compileAsm(treeOf({ ...headers, [path]: source, 'b.S': 'SYM_CODE_START(look)\nret\nSYM_CODE_END(look)' }), {
      arch: 'riscv',
      files: [path, 'gone.S', 'b.S'],
      defines,
      catalog: [],
    });
    expect(program.omissions.map(({ what, at }) => `${what} ${at?.file ?? '-'}`)).toEqual(['gone.S -', 'procedure look b.S']);
    expect(program.procedures.get('look')?.code).toHaveLength(12);
  });
});
