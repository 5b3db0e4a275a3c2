/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception entry, as far as it decides what runs and in which order: faults as of about v6.8, interrupts and system calls as of about
 * v4.17, when they were assembly. Saving and restoring registers is left out: they come back as they were.
 */
#include <asm/assembler.h>
#include <asm/asm-offsets.h>

/* User mode may be a quiescent state; the call spoils the arguments of a system call. */
	.macro	ct_user_exit, syscall = 0
#ifdef CONFIG_CONTEXT_TRACKING
	bl	context_tracking_user_exit
	.if	\syscall == 1
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #S_X2]
	ldp	x4, x5, [sp, #S_X4]
	ldp	x6, x7, [sp, #S_X6]
	.endif
#endif
	.endm

	.macro	ct_user_enter
#ifdef CONFIG_CONTEXT_TRACKING
	bl	context_tracking_user_enter
#endif
	.endm

	.macro	kernel_entry, el
	.if	\el == 0
	adr_l	x21, saved_regs
	mov	sp, x21
	.endif
	.endm

	.macro	kernel_exit, el
	eret
	.endm

/* The handler and its argument come in x0 and x1. */
	.macro	irq_handler
	bl	handle_arch_irq
	.endm

wsc_nr	.req	w25
wscno	.req	w26
xscno	.req	x26
stbl	.req	x27

/* The kernel faults on one of its own addresses. */
SYM_CODE_START_LOCAL(el1h_64_sync)
	kernel_entry 1
	mov	x0, sp
	bl	el1h_64_sync_handler
	kernel_exit 1
SYM_CODE_END(el1h_64_sync)

el1_sync:
	kernel_entry 1
	b	el1h_64_sync
ENDPROC(el1_sync)

	.align	6
el1_irq:
	kernel_entry 1
	enable_da_f
#ifdef CONFIG_TRACE_IRQFLAGS
	bl	trace_hardirqs_off
#endif

	irq_handler

	kernel_exit 1
ENDPROC(el1_irq)

/* The number of the system call is 0, and nobody traces it. */
	.align	6
el0_svc:
	kernel_entry 0
	mov	x16, #0
	mov	xscno, #0
	mov	wsc_nr, #1

el0_svc_naked:
	stp	x0, xscno, [sp, #S_ORIG_X0]
	enable_daif
	ct_user_exit 1

	tst	x16, #1
	b.ne	__sys_trace
	bl	invoke_syscall
	b	ret_fast_syscall

__sys_trace:
	mov	x1, sp
	cmp	wscno, wsc_nr
	b.hs	ret_fast_syscall
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #S_X2]
	ldp	x4, x5, [sp, #S_X4]
	ldp	x6, x7, [sp, #S_X6]
	bl	invoke_syscall

ret_fast_syscall:
	disable_daif
	ct_user_enter
	kernel_exit 0
ENDPROC(el0_svc)
