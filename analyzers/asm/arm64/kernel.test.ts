import { describe, expect, it } from 'vitest';
import type { Program } from '../../../simulator/program/types.js';
import { compileAsmText } from '../file.js';
import { listing } from '../testing/listing.js';
import { arm64Kernel } from './kernel.js';

function compile(text: string, defines: Readonly<Record<string, string>> = {}): Program {
  const lines = text.split('\n').map((line, index) => ({ text: line, at: { file: 'x.S', line: index + 1, origin: 'tree' as const } }));
  return compileAsmText(lines, { isa: arm64Kernel(new Map([['CTL_EL1_ON_SHIFT', 2n]])), defines });
}

const body = (text: string, defines?: Readonly<Record<string, string>>): string[] =>
  listing(compile(`SYM_CODE_START(f)\n${text}\nSYM_CODE_END(f)`, defines).procedures.get('f'));

describe('arm64 kernel assembly', () => {
  it('takes macros with defaults, register names and constant expressions', () => {
    expect(
      body(
        '.macro put, value, to=x1, shift=3\n\tmov x0, #(\\value << \\shift)\n\tstr x0, [\\to, #(FIRST + 8)]\n.endm\ntsk .req x28\nput 2\nput 1, tsk\nret',
        { FIRST: '16' },
      ),
    ).toEqual(['X0 = 16', 'store u64 (X1 +u 24) = X0 once', 'X0 = 8', 'store u64 (X28 +u 24) = X0 once', 'return X0']);
  });

  it('addresses by the names of asm-offsets.c, and by ADRP with the low part', () => {
    expect(
      body(
        'ldr x0, [x28, #TSK_FLAGS]\nadd x2, sp, #FRAME_END\nadrp x3, table\nadd x3, x3, #:lo12:table\nldr_l x4, word\nmov_q x5, 0xffff0000ffff\nret',
      ),
    ).toEqual([
      'X0 = load u64 X28->TSK_FLAGS once',
      'X2 = SP->FRAME_END',
      'X3 = &table',
      'X3 = X3',
      'X4 = load u64 &word once',
      'X5 = 281470681808895',
      'return X0',
    ]);
  });

  it('runs alternatives either way, by capability', () => {
    const code = body(
      'alternative_if CAP_A\n\tmov x0, #1\nalternative_else\n\tmov x0, #2\nalternative_endif\nalternative_if_not CAP_B\n\tmov x1, #3\nalternative_else_nop_endif\nalternative_insn nop, "isb", CAP_C\nret',
    );
    expect(code).toEqual([
      '$alternative.CAP_A = axis.alternative("CAP_A")',
      'ifzero $alternative.CAP_A goto 4',
      'X0 = 1',
      'goto 5',
      'X0 = 2',
      '$alternative.CAP_B = axis.alternative("CAP_B")',
      'ifzero $alternative.CAP_B goto 8',
      'goto 9',
      'X1 = 3',
      '$alternative.CAP_C = axis.alternative("CAP_C")',
      'ifzero $alternative.CAP_C goto 13',
      '_ = asm.isb()',
      'goto 13',
      'return X0',
    ]);
  });

  it('branches on bits and conditions, calls and returns, and stays where it is', () => {
    expect(body('tbz x0, #CTL_EL1_ON_SHIFT, 1f\ncmp x1, x2\nb.eq 1f\nbl g\nblr x3\nbr x4\n1: b .')).toEqual([
      'ifzero ((X0 >>u 2) &u 1) goto 7',
      'PSTATE.Z = (X1 ==u X2)',
      'ifzero !PSTATE.Z goto 7',
      'X0 = g(X0, X1, X2, X3, X4, X5, X6, X7)',
      'X0 = *X3(X0, X1, X2, X3, X4, X5, X6, X7)',
      'X0 = *X4(X0, X1, X2, X3, X4, X5, X6, X7)',
      'return X0',
      'goto 7',
    ]);
  });

  it('keeps system registers and barriers, and names what it does not know, with its line', () => {
    const program = compile(
      'SYM_CODE_START(f)\nmrs x0, ttbr1_el1\nmsr ttbr0_el1, x1\nisb\nfmov d0, x1\n.inst 0xd500401f\neret\nSYM_CODE_END(f)',
    );
    expect(listing(program.procedures.get('f'))).toEqual([
      'X0 = asm.mrs("ttbr1_el1")',
      '_ = asm.msr("ttbr0_el1", X1)',
      '_ = asm.isb()',
      'unsupported: instruction fmov d0, x1',
      'unsupported: instruction .inst 0xd500401f',
      '_ = asm.eret()',
      'return',
    ]);
    expect(program.procedures.get('f')?.code[3]?.at.line).toBe(5);
  });

  it('says that code is rewritten at boot', () => {
    const { omissions } = compile('SYM_CODE_START(f)\nalternative_cb CAP, rewriter\nnop\nalternative_cb_end\nret\nSYM_CODE_END(f)');
    expect(omissions).toMatchObject([{ what: 'alternative_cb CAP', at: { line: 2 } }]);
  });
});
