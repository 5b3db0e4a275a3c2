import { describe, expect, it } from 'vitest';
import { compileText, listing, listingOf } from './testing/listing.js';

/** An exception entry that looks at a bitmap of CPUs with stale translations before it touches the stack. */
const entry = `
	.section .trap.text, "ax"

/* word and bit of this cpu:
 * \\word = &stale_map[cpu / 64], \\bit = 1 << (cpu % 64) */
.macro stale_slot word, bit, tmp=t2
	lw	\\tmp, TI_CPU(tp)
	srli	\\bit, \\tmp, 6
	slli	\\bit, \\bit, 3
	la	\\word, stale_map
	add	\\word, \\word, \\bit
	li	\\bit, 1
	sll	\\bit, \\bit, \\tmp	// the hardware masks the count
.endm

.macro early_stale_check
	REG_S	t0, TI_SAVE0(tp)
	REG_S	t1, TI_SAVE1(tp)
	REG_S	t2, TI_SAVE2(tp)
	csrr	t0, CSR_CAUSE
	bltz	t0, .Lout\\@
	li	t1, EXC_STORE_PAGE_FAULT; beq t0, t1, .Ladr\\@
	li	t1, EXC_LOAD_PAGE_FAULT
	bne	t0, t1, .Lout\\@
.Ladr\\@: csrr t0, CSR_TVAL
	bgez	t0, .Lout\\@
	stale_slot t0, t1
	REG_L	t2, 0(t0)
	and	t2, t2, t1
	beqz	t2, .Lout\\@
	not	t1, t1
	amoand.d.aqrl	t2, t1, (t0)
	ALTERNATIVE("sfence.vma", "nop", 0, RISCV_ISA_EXT_SOMETHING, 1)
	early_restore
	csrw	CSR_SCRATCH, zero
	sret
.Lout\\@:
	early_restore
.endm

.macro early_restore
	REG_L	t0, TI_SAVE0(tp)
	REG_L	t1, TI_SAVE1(tp)
	REG_L	t2, TI_SAVE2(tp)
.endm

SYM_CODE_START(trap_entry)
	csrrw	tp, CSR_SCRATCH, tp
	bnez	tp, 1f
	csrr	tp, CSR_SCRATCH
	early_stale_check
1:	mv	a0, sp
	tail	trap_in_c
SYM_CODE_END(trap_entry)
`;

describe('compileAsmText', () => {
  it('compiles an early check in an exception entry', () => {
    const program = compileText(entry);
    expect(program.omissions).toEqual([]);
    expect(listing(program.procedures.get('trap_entry'))).toEqual([
      'tp = asm.csrrw("CSR_SCRATCH", tp)',
      'ifzero (tp == 0) goto 39',
      'tp = asm.csrr("CSR_SCRATCH")',
      'store s64 tp->TI_SAVE0 = t0 once',
      'store s64 tp->TI_SAVE1 = t1 once',
      'store s64 tp->TI_SAVE2 = t2 once',
      't0 = asm.csrr("CSR_CAUSE")',
      'ifzero (s64(t0) >= 0) goto 36',
      't1 = 15',
      'ifzero (s64(t0) != s64(t1)) goto 12',
      't1 = 13',
      'ifzero (s64(t0) == s64(t1)) goto 36',
      't0 = asm.csrr("CSR_TVAL")',
      'ifzero (s64(t0) < 0) goto 36',
      't2 = load s32 tp->TI_CPU once',
      't1 = s64((u64(t2) >>u 6))',
      't1 = (t1 << 3)',
      't0 = &stale_map',
      't0 = (t0 + t1)',
      't1 = 1',
      't1 = (t1 << (t2 & 63))',
      't2 = load s64 t0 once',
      't2 = (t2 & t1)',
      'ifzero (t2 != 0) goto 36',
      't1 = ~t1',
      '_ = and.full s64 t0, t1',
      '$alternative.RISCV_ISA_EXT_SOMETHING = axis.alternative("RISCV_ISA_EXT_SOMETHING")',
      'ifzero $alternative.RISCV_ISA_EXT_SOMETHING goto 29',
      'goto 30',
      '_ = asm.sfence.vma()',
      't0 = load s64 tp->TI_SAVE0 once',
      't1 = load s64 tp->TI_SAVE1 once',
      't2 = load s64 tp->TI_SAVE2 once',
      '_ = asm.csrw("CSR_SCRATCH", 0)',
      '_ = asm.sret()',
      'return',
      't0 = load s64 tp->TI_SAVE0 once',
      't1 = load s64 tp->TI_SAVE1 once',
      't2 = load s64 tp->TI_SAVE2 once',
      'a0 = sp',
      'a0 = trap_in_c(a0..a7)',
      'return a0',
    ]);
  });

  it('keeps the line of the macro body that an instruction is written in', () => {
    const line = 1 + entry.split('\n').findIndex((text) => text.includes('amoand.d'));
    const rmw = compileText(entry)
      .procedures.get('trap_entry')
      ?.code.find((instr) => instr.op === 'rmw');
    expect(rmw?.at).toEqual({ file: 'arch/riscv/kernel/stub.S', line, origin: 'patch' });
  });

  it('keeps the result of an atomic that some path reads', () => {
    expect(listingOf('amoxor.d a0, a1, (a0)\nld a0, 8(sp)\nret')[0]).toBe('_ = xor.relaxed s64 a0, a1');
    expect(listingOf('amoxor.d a0, a1, (a0)\nret')[0]).toBe('a0 = xor.relaxed s64 a0, a1');
    expect(listingOf('amoor.w.aq a0, a1, (a2)\nbeqz a1, 1f\nli a0, 0\n1: ret')[0]).toBe('a0 = or.acquire s32 a2, a1');
    expect(listingOf('amoswap.w.rl t0, zero, 4(a2)\nsfence.vma t0\nli t0, 0\nret')[0]).toBe('t0 = swap.release s32 a2[4x1], 0');
    expect(listingOf('amoadd.w x0, a1, (a2)\nret')[0]).toBe('_ = add.relaxed s32 a2, a1');
    expect(listingOf('amoadd.w t0, a1, (a2)\ncall g\nli t0, 0\nret')[0]).toBe('t0 = add.relaxed s32 a2, a1');
  });

  it('makes every symbol a procedure and falls through from one into the next', () => {
    const program = compileText(
      [
        'SYM_FUNC_START(first)',
        ' li a0, 1',
        'SYM_FUNC_END(first)',
        ' .globl second',
        'second:',
        ' beqz a0, first',
        ' bnez a1, elsewhere',
        ' ret',
      ].join('\n'),
    );
    expect([...program.procedures.keys()]).toEqual(['first', 'second']);
    expect(program.procedures.get('first')).toMatchObject({ language: 'riscv-asm', params: [] });
    expect(listing(program.procedures.get('first'))).toEqual(['a0 = 1', 'a0 = second(a0..a7)', 'return a0']);
    expect(listing(program.procedures.get('second'))).toEqual([
      'ifzero (a0 == 0) goto 3',
      'a0 = first(a0..a7)',
      'return a0',
      'ifzero (a1 != 0) goto 6',
      'a0 = elsewhere(a0..a7)',
      'return a0',
      'return a0',
    ]);
  });

  it('says so when code runs past its end or jumps to what is not there', () => {
    expect(listingOf('nop')).toEqual(['unsupported: f runs past its end']);
    expect(listingOf('beqz a0, .Lnowhere\nj 2f')).toEqual([
      'ifzero (a0 == 0) goto 2',
      'unsupported: jump to .Lnowhere, which is no label of this file',
      'unsupported: jump to .Lnumeric_2$1, which is no label of this file',
    ]);
  });

  it('runs on behind an end annotation when no symbol follows', () => {
    const program = compileText(
      'SYM_CODE_START(f)\nbnez a0, back\nSYM_CODE_END(f)\nli a1, 1\nback: ret\nSYM_CODE_START(g)\nj back\nSYM_CODE_END(g)\nh: ret',
    );
    expect([...program.procedures.keys()]).toEqual(['f', 'g', 'h', 'f:back']);
    expect(listing(program.procedures.get('f'))).toEqual(['ifzero (a0 == 0) goto 2', 'a1 = 1', 'return a0']);
    expect(program.omissions).toEqual([]);
  });

  it('enters a routine in the middle, by a global inner label and from another routine', () => {
    const program = compileText(
      'SYM_CODE_START(a)\nli a0, 1\nSYM_INNER_LABEL(inside, SYM_L_GLOBAL)\nli a1, 2\n.Ltail: ret\nSYM_CODE_END(a)\nSYM_CODE_START(b)\nj .Ltail\nSYM_CODE_END(b)',
    );
    expect(listing(program.procedures.get('inside'))).toEqual(['goto 1', 'a1 = 2', 'return a0']);
    expect(listing(program.procedures.get('b'))).toEqual(['a0 = a:.Ltail(a0..a7)', 'return a0']);
    expect(listing(program.procedures.get('a:.Ltail'))).toEqual(['goto 1', 'return a0']);
  });

  it('calls by name, through registers, and goes where ra was pointed', () => {
    expect(listingOf('call g\njal g2\njal ra, g3\njalr t1\njalr ra, 0(s0)\njr t0')).toEqual([
      'a0 = g(a0..a7)',
      'a0 = g2(a0..a7)',
      'a0 = g3(a0..a7)',
      'a0 = *t1(a0..a7)',
      'a0 = *s0(a0..a7)',
      'a0 = *t0(a0..a7)',
      'return a0',
    ]);
    expect(listingOf('la ra, after\nbeqz a0, 1f\ntail g\n1: ret')).toEqual([
      'ra = &after',
      'ifzero (a0 != 0) goto 5',
      'a0 = g(a0..a7)',
      'a0 = after(a0..a7)',
      'return a0',
      'a0 = after(a0..a7)',
      'return a0',
    ]);
    expect(listingOf('la ra, after\ncall g\nsfence.vma\nld ra, 0(sp)\nret').slice(-2)).toEqual(['ra = load s64 sp once', 'return a0']);
    expect(listingOf('beqz a0, 1f\nla ra, after\n1: ret').at(-1)).toMatch(/^unsupported: return through ra/);
  });

  it('lowers system instructions to calls of asm.*', () => {
    expect(
      listingOf(
        'sfence.vma a0\nsfence.vma x0, a1\nsinval.vma a0, a1\nsfence.w.inval\nsfence.inval.ir\nfence.i\nfence rw, w\nfence\nwfi\ncsrw 0x180, t0\ncsrwi CSR_SIE, 3\ncsrs CSR_SIE, a0\ncsrrc s1, CSR_STATUS, t0\ncsrrs s1, CSR_STATUS, x0\ncsrrw x0, CSR_SATP, a0\necall\nmret',
      ),
    ).toEqual([
      '_ = asm.sfence.vma(a0)',
      '_ = asm.sfence.vma("x0", a1)',
      '_ = asm.sinval.vma(a0, a1)',
      '_ = asm.sfence.w.inval()',
      '_ = asm.sfence.inval.ir()',
      '_ = asm.fence.i()',
      '_ = asm.fence("rw", "w")',
      '_ = asm.fence("iorw", "iorw")',
      '_ = asm.wfi()',
      '_ = asm.csrw("0x180", t0)',
      '_ = asm.csrw("CSR_SIE", 3)',
      '_ = asm.csrs("CSR_SIE", a0)',
      's1 = asm.csrrc("CSR_STATUS", t0)',
      's1 = asm.csrr("CSR_STATUS")',
      '_ = asm.csrw("CSR_SATP", a0)',
      'a0 = asm.ecall(a0..a7)',
      '_ = asm.mret()',
      'return',
    ]);
  });

  it('computes as the hardware does', () => {
    expect(
      listingOf(
        'addi sp, sp, -16\naddiw a0, a1, 1\nsubw a0, a1, a2\nsrlw a0, a1, a2\nsraiw a0, a1, 3\nsrai a0, a1, 3\nsltiu a0, a1, 5\nseqz a0, a1\nli a0, ~0\nlui a0, 0x80000\nlui a1, %hi(map + 8)\naddi a1, a1, %lo(map + 8)\nlui t0, %hi(flag)\nlb t0, %lo(flag)(t0)\naddi s0, sp, PT_SIZE\nadd zero, a0, a1\nret',
      ),
    ).toEqual([
      'sp = (sp + -16)',
      'a0 = s32((a1 + 1))',
      'a0 = s32((a1 - a2))',
      'a0 = s32((u32(a1) >>u (a2 & 31)))',
      'a0 = (s32(a1) >> 3)',
      'a0 = (s64(a1) >> 3)',
      'a0 = (u64(a1) <u 5)',
      'a0 = (a1 == 0)',
      'a0 = -1',
      'a0 = -2147483648',
      'a1 = &map[8x1]',
      'a1 = a1',
      't0 = &flag',
      't0 = load s8 t0 once',
      's0 = sp->PT_SIZE',
      'return a0',
    ]);
  });

  it('reads and writes memory at numbers, names and symbols', () => {
    expect(
      listingOf(
        'lwu a0, (a1)\nsh a0, 8*2(a1)\nld zero, -8(s0)\nld a0, PT_A0+8(sp)\nlw a0, counter\nsw a0, counter, t0\nld a0, OFF(sp)\nret',
        { defines: { OFF: '0x20' } },
      ),
    ).toEqual([
      'a0 = load u32 a1 once',
      'store s16 a1[16x1] = a0 once',
      '$discard = load s64 s0[-8x1] once',
      'a0 = load s64 sp->PT_A0[8x1] once',
      'a0 = load s32 &counter once',
      'store s32 &counter = a0 once',
      't0 = &counter',
      'a0 = load s64 sp[32x1] once',
      'return a0',
    ]);
  });

  it('leaves what it does not know as unsupported, unless the catalog has it', () => {
    expect(listingOf('vsetvli t0, a0, e8, m1\nlr.w a0, (a1)\nret')).toEqual([
      'unsupported: instruction vsetvli t0, a0, e8, m1',
      'unsupported: lr.w outside a retry loop that is one atomic operation',
      'return a0',
    ]);
    expect(listingOf('cbo.flush (a0)\ncbo.clean a0\nret', { catalog: [{ name: 'asm.cbo.clean', arch: 'riscv' }] })).toEqual([
      'unsupported: instruction cbo.flush (a0)',
      '_ = asm.cbo.clean(a0)',
      'return a0',
    ]);
  });

  it('lowers retry loops that are one atomic operation', () => {
    expect(listingOf('1: lr.d t0, (a0)\nand t1, t0, a1\nsc.d.aqrl t2, t1, (a0)\nbnez t2, 1b\nli t0, 0\nret')).toEqual([
      't0 = and.full s64 a0, a1',
      't1 = (t0 & a1)',
      't2 = 0',
      't0 = 0',
      'return a0',
    ]);
    expect(listingOf('1: lr.w.aq t0, (a0)\nsc.w t2, a1, (a0)\nbnez t2, 1b\nret')).toEqual([
      't0 = swap.acquire s32 a0, a1',
      't2 = 0',
      'return a0',
    ]);
    expect(listingOf('1: lr.d t0, (a0)\nbne t0, a1, 2f\nsc.d.rl t2, a2, (a0)\nbnez t2, 1b\n2: ret')).toEqual([
      't0 = cas.release s64 a0, a2',
      'ifzero (t0 == a1) goto 3',
      't2 = 0',
      'return a0',
    ]);
    const loops = [
      '1: lr.d.aq t0, (a0)\nor t1, t0, a1\nsc.d.rl t2, t1, (a0)\nbnez t2, 1b', // neither full nor one-sided
      '1: lr.d t0, (a0)\nor a1, t0, a1\nsc.d t2, a1, (a0)\nbnez t2, 1b', // the operand changes with each try
      '1: lr.d a0, (a0)\nor t1, a0, a1\nsc.d t2, t1, (a0)\nbnez t2, 1b', // so does the address
      '1: lr.d t0, (a0)\nor t1, t0, a1\nsc.d t2, t1, (a3)\nbnez t2, 1b',
      '1: lr.d t0, (a0)\nor t1, t0, a1\nsc.d t2, t1, (a0)\nbnez t2, 3f\n3:',
    ];
    for (const loop of loops)
      expect(listingOf(`${loop}\nret`)[0]).toMatch(/^unsupported: lr\.d\S* outside a retry loop that is one atomic operation$/);
    expect(listingOf('REG_L a2, PT_EPC(sp)\nREG_SC x0, a2, PT_EPC(sp)\nret')).toEqual(['a2 = load s64 sp->PT_EPC once', 'return a0']);
    expect(listingOf('amocas.d t0, t1, (a0)\nret')[0]).toBe('t0 = cas.relaxed s64 a0, t1');
  });

  it('reports labels, procedures and code that cannot be placed', () => {
    const program = compileText(
      'nop\nret\nSYM_CODE_START(f)\n.La: j .La\n.La: ret\nSYM_CODE_END(f)\nSYM_CODE_START(f)\nret\nSYM_CODE_END(f)\n.data\nwfi\nwfi',
    );
    expect(program.omissions.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      'nop: code without a symbol, up to the next one',
      'wfi and what else is code in .data: this section holds no code',
      'label .La: defined twice; a routine that has it itself uses its own',
      'procedure f: defined twice in its file; the first is kept',
    ]);
  });

  it('stays small on files that would grow', () => {
    const many = Array.from({ length: 3000 }, (_, i) => `SYM_INNER_LABEL(in${i}, SYM_L_GLOBAL)\naddi a0, a0, 1`).join('\n');
    const program = compileText(`SYM_CODE_START(f)\n${many}\nret\nSYM_CODE_END(f)`);
    let size = 0;
    for (const procedure of program.procedures.values()) size += procedure.code.length;
    expect(size).toBeLessThan(250_000);
    expect(program.omissions.length).toBeGreaterThan(0);
  });

  it('makes globals of labelled data', () => {
    const program = compileText(
      [
        '	.data',
        '	.balign 8',
        'pending: .dword 0, 0',
        'flag: .byte 1',
        'buffer: .zero 16',
        'odd: .word 1',
        '     .byte 2',
        '	.section ".rodata"',
        'SYM_DATA_START_LOCAL(vectors)',
        '	RISCV_PTR trap_a',
        '	RISCV_PTR trap_b',
        'SYM_DATA_END_LABEL(vectors, SYM_L_LOCAL, vectors_end)',
        '	.text',
        'SYM_CODE_START(f)',
        '	la a0, vectors_end',
        '	ret',
        'SYM_CODE_END(f)',
        '	.comm spare, 4, 4',
        '	.strange 4',
      ].join('\n'),
    );
    const u = (bits: number) => ({ k: 'int', type: { bits, signed: false } });
    expect(program.globals.get('pending')).toMatchObject({ type: { k: 'array', of: u(64), length: 2 }, defined: true });
    expect(program.globals.get('flag')).toMatchObject({ type: u(8), init: [{ path: '', value: { k: 'int', value: 1n } }] });
    expect(program.globals.get('buffer')).toMatchObject({ type: { k: 'array', of: u(8), length: 16 }, init: [] });
    expect(program.globals.get('vectors')).toMatchObject({
      type: { k: 'array', of: { k: 'pointer' }, length: 2 },
      init: [
        { path: '[0]', value: { k: 'symbol', name: 'trap_a' } },
        { path: '[1]', value: { k: 'symbol', name: 'trap_b' } },
      ],
    });
    expect(program.globals.has('spare')).toBe(true);
    expect(listing(program.procedures.get('f'))[0]).toBe('a0 = &vectors[16x1]');
    expect(program.omissions.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      '.strange: unknown directive',
      'data odd: its elements differ in size',
    ]);
  });
});
