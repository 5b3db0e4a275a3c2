// SPDX-License-Identifier: Apache-2.0
/* Exceptions that the kernel takes from itself. Saving registers is left out; RCU is told by the machine. */
#include <linux/types.h>
#include <linux/mm_types.h>
#include <asm/esr.h>

void do_mem_abort(unsigned long far, unsigned long esr, struct pt_regs *regs);

/* A fault handler runs with the interrupt mask of what faulted. */
static void el1_abort(struct pt_regs *regs, unsigned long esr)
{
	unsigned long far = read_sysreg(far_el1);

	local_daif_inherit(regs);
	do_mem_abort(far, esr, regs);
	local_daif_mask();
}

void el1h_64_sync_handler(struct pt_regs *regs)
{
	unsigned long esr = read_sysreg(esr_el1);

	switch (ESR_ELx_EC(esr)) {
	case ESR_ELx_EC_DABT_CUR:
	case ESR_ELx_EC_IABT_CUR:
		el1_abort(regs, esr);
		break;
	default:
		panic("unhandled exception");
	}
}
