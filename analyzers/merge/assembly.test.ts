import { describe, expect, it } from 'vitest';
import type { Hunk } from '../diff/types.js';
import { diff, hunk, merge, text, tokens } from './testing/hunks.js';

describe('assembly', () => {
  const ENTRY = 'arch/a/entry.S';
  const SOURCE = `#include <asm/csr.h>

SYM_CODE_START(trap_entry)
	csrrw	tp, CSR_SCRATCH, tp	// swap
	bnez	tp, .Lsave
.Lfrom_kernel:
	csrr	tp, CSR_SCRATCH
	REG_S	sp, KERNEL_SP(tp)
.Lsave:
	REG_L	sp, KERNEL_SP(tp)
	sret
SYM_CODE_END(trap_entry)
`;
  const MACRO = hunk(
    '-14 +14',
    `
 #include <asm/offsets.h>
 #include <asm/errata.h>
 
+.macro pending_check
+	REG_S a0, A0(tp)
+	csrr a0, CSR_CAUSE
+	blt a0, zero, _pending_out
+	sfence.vma
+_pending_out:
+	REG_L a0, A0(tp)
+.endm
+
 SYM_CODE_START(trap_entry)
 	/*
 	 * From user space or not?
`,
  );
  const CALL = hunk(
    '-25 +36 SYM_CODE_START(trap_entry)',
    `
 
 _from_kernel:
 	csrr tp, CSR_SCRATCH
+
+	/* A new mapping may be pending. */
+	pending_check
+
 	REG_S sp, KERNEL_SP(tp)
 
 #ifdef CONFIG_STACK_CHECK
`,
  );

  it('brings in a macro and its call, and calls labels as the mail does', () => {
    const merged = merge({ [ENTRY]: SOURCE }, diff(ENTRY, MACRO, CALL));
    expect(merged.files[0]).toMatchObject({ kind: 'merged', how: 'tokens', refused: [] });
    const after = text(merged.after, ENTRY);
    expect(after.indexOf('.macro pending_check')).toBeGreaterThan(after.indexOf('#include'));
    expect(after.indexOf('.endm')).toBeLessThan(after.indexOf('SYM_CODE_START'));
    expect(after).toMatch(/csrr\ttp, CSR_SCRATCH\n[^]*\tpending_check\n[^]*\tREG_S\tsp, KERNEL_SP\(tp\)/);
    const line = after.split('\n').indexOf('\tpending_check');
    expect(merged.after.read(ENTRY)?.lines[line]).toEqual({ origin: 'patch', line: 41 });
  });

  it('is the same after white space was lost', () => {
    const lost = (h: Hunk): Hunk => ({
      ...h,
      lines: h.lines.filter((l) => l.text.trim() !== '').map((l) => ({ ...l, text: l.text.trim().replace(/\s+/g, ' ') })),
    });
    const whole = merge({ [ENTRY]: SOURCE }, diff(ENTRY, MACRO, CALL));
    const damaged = merge({ [ENTRY]: SOURCE }, diff(ENTRY, lost(MACRO), lost(CALL)));
    expect(tokens(text(damaged.after, ENTRY), ENTRY)).toBe(tokens(text(whole.after, ENTRY), ENTRY));
  });

  it('takes the change out of a tree that has it', () => {
    const once = text(merge({ [ENTRY]: SOURCE }, diff(ENTRY, MACRO, CALL)).after, ENTRY);
    const merged = merge({ [ENTRY]: once }, diff(ENTRY, MACRO, CALL));
    expect(merged.files[0]).toMatchObject({ kind: 'reversed' });
    expect(text(merged.before, ENTRY)).not.toContain('pending_check');
    expect(text(merged.after, ENTRY)).toBe(once);
  });

  it('replaces several instructions by a macro call', () => {
    const source = 'SYM_CODE_START(svc)\n\tmov x1, sp\n\tldp x0, x1, [sp]\n\tldp x2, x3, [sp, #16]\n\tblr x16\nSYM_CODE_END(svc)\n';
    const h = hunk(
      '-976 +984 other:',
      '\n mov x1, sp // regs\n-ldp x0, x1, [sp] // restore\n-ldp x2, x3, [sp, #16]\n+restore_args\n blr x16\n',
    );
    expect(text(merge({ [ENTRY]: source }, diff(ENTRY, h)).after, ENTRY)).toBe(
      'SYM_CODE_START(svc)\n\tmov x1, sp\nrestore_args\n\tblr x16\nSYM_CODE_END(svc)\n',
    );
  });

  it('refuses an anchor that stands twice', () => {
    const twice = 'a:\n\tadd x0, x0, x1\n\tisb\n\tret\nb:\n\tadd x0, x0, x1\n\tisb\n\tret\n';
    const merged = merge({ [ENTRY]: twice }, diff(ENTRY, hunk('-50 +50', '\n  add x0, x0, x1\n+ dsb ish\n  isb\n  ret\n')));
    expect(merged.files[0]?.kind === 'refused' && merged.files[0].why).toContain('more than one place');
  });
});
