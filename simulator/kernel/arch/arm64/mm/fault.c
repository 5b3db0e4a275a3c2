// SPDX-License-Identifier: Apache-2.0
/* Faults on addresses of the kernel: what may be fixed up, and what ends it. */
#include <linux/types.h>
#include <linux/mm_types.h>
#include <asm/esr.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>

static bool is_el1_instruction_abort(unsigned long esr)
{
	return ESR_ELx_EC(esr) == ESR_ELx_EC_IABT_CUR;
}

static bool is_el1_data_abort(unsigned long esr)
{
	return ESR_ELx_EC(esr) == ESR_ELx_EC_DABT_CUR;
}

static inline bool is_el1_permission_fault(unsigned long addr, unsigned long esr, struct pt_regs *regs)
{
	if (!is_el1_data_abort(esr) && !is_el1_instruction_abort(esr))
		return false;

	return (esr & ESR_ELx_FSC_TYPE) == ESR_ELx_FSC_PERM;
}

static bool is_el1_mte_sync_tag_check_fault(unsigned long esr)
{
	unsigned long fsc = esr & ESR_ELx_FSC;

	if (!is_el1_data_abort(esr))
		return false;

	if (fsc == ESR_ELx_FSC_MTE)
		return true;

	return false;
}

static bool is_translation_fault(unsigned long esr)
{
	return (esr & ESR_ELx_FSC_TYPE) == ESR_ELx_FSC_FAULT;
}

static void __do_kernel_fault(unsigned long addr, unsigned long esr,
			      struct pt_regs *regs)
{
	const char *msg;

	if (!is_el1_instruction_abort(esr) && fixup_exception(regs))
		return;

	if (is_el1_mte_sync_tag_check_fault(esr))
		return;

	if (is_el1_permission_fault(addr, esr, regs)) {
		msg = "access that the entry does not permit";
	} else if (addr < PAGE_SIZE) {
		msg = "NULL pointer dereference";
	} else {
		if (is_translation_fault(esr) &&
		    kfence_handle_page_fault(addr, esr & ESR_ELx_WNR, regs))
			return;

		msg = "paging request";
	}

	die_kernel_fault(msg, addr, esr, regs);
}

/* Every data abort of the kernel on one of its own addresses comes here. */
void do_mem_abort(unsigned long far, unsigned long esr, struct pt_regs *regs)
{
	__do_kernel_fault(far, esr, regs);
}
