// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <linux/mm.h>
#include <asm/pgtable.h>

/*
 * Looks an address up without a lock. Interrupts are off, so that whoever frees
 * tables has to wait: for an answer to an interrupt, or for a grace period.
 */
unsigned long lockless_pages_from_mm(struct mm_struct *mm, unsigned long addr);
unsigned long lockless_pages_from_mm(struct mm_struct *mm, unsigned long addr)
{
	unsigned long flags, found = 0;
	pgd_t pgd;
	pmd_t pmd;
	pte_t pte;

	local_irq_save(flags);
	pgd = READ_ONCE(mm->pgd[pgd_index(addr)]);
	if (pgd_present(pgd)) {
		pmd = READ_ONCE(((pmd_t *)pgd_page_vaddr(pgd))[pmd_index(addr)]);
		if (pmd_present(pmd)) {
			pte = READ_ONCE(((pte_t *)pmd_page_vaddr(pmd))[pte_index(addr)]);
			if (pte_present(pte))
				found = pte;
		}
	}
	local_irq_restore(flags);
	return found;
}
