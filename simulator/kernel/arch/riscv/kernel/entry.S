/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception entry, as far as it decides what happens to a fault taken in the
 * kernel: which task, which stack, and the way into do_page_fault(). Saving
 * and restoring the other registers is left out; they come back as they were.
 */
#include <asm/asm.h>
#include <asm/csr.h>
#include <asm/asm-offsets.h>
#include <asm/errata_list.h>

SYM_CODE_START(handle_exception)
	/* sscratch is zero while the kernel runs and holds the task otherwise. */
	csrrw tp, CSR_SCRATCH, tp
	bnez tp, .Lfrom_user

.Lrestore_kernel_tpsp:
	csrr tp, CSR_SCRATCH
	REG_S sp, TASK_TI_KERNEL_SP(tp)

#ifdef CONFIG_VMAP_STACK
	/* The stack overflow check reads sp only. */
#endif

.Lfrom_user:
	REG_S sp, TASK_TI_USER_SP(tp)
	REG_L sp, TASK_TI_KERNEL_SP(tp)
	csrr a0, CSR_TVAL
	csrr a1, CSR_CAUSE
	csrw CSR_SCRATCH, x0
	call do_page_fault
	sret
SYM_CODE_END(handle_exception)
