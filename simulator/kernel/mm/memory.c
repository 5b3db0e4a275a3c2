// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <linux/mm_types.h>
#include <asm/pgtable.h>

/*
 * A table that is missing is made under the lock. (The kernel takes the page
 * before, and whoever comes second gives his back.) Each tells what it changed.
 */
pud_t *pud_alloc_track(struct mm_struct *mm, p4d_t *p4d, unsigned long addr,
		       unsigned int *mod_mask)
{
	if (p4d_none(READ_ONCE(*p4d))) {
		spin_lock(&mm->page_table_lock);
		if (!p4d_present(*p4d)) {
			smp_wmb();
			set_p4d(p4d, __pa(get_zeroed_page(GFP_KERNEL)) | _KERNPG_TABLE);
			*mod_mask |= PGTBL_P4D_MODIFIED;
		}
		spin_unlock(&mm->page_table_lock);
	}
	return pud_offset(p4d, addr);
}

pmd_t *pmd_alloc_track(struct mm_struct *mm, pud_t *pud, unsigned long addr,
		       unsigned int *mod_mask)
{
	if (pud_none(READ_ONCE(*pud))) {
		spin_lock(&mm->page_table_lock);
		if (!pud_present(*pud)) {
			smp_wmb();
			set_pud(pud, __pa(get_zeroed_page(GFP_KERNEL)) | _KERNPG_TABLE);
			*mod_mask |= PGTBL_PUD_MODIFIED;
		}
		spin_unlock(&mm->page_table_lock);
	}
	return pmd_offset(pud, addr);
}

pte_t *pte_alloc_kernel_track(pmd_t *pmd, unsigned long addr,
			      unsigned int *mod_mask)
{
	if (pmd_none(READ_ONCE(*pmd))) {
		spin_lock(&init_mm.page_table_lock);
		if (!pmd_present(*pmd)) {
			smp_wmb();
			set_pmd(pmd, __pa(get_zeroed_page(GFP_KERNEL)) | _KERNPG_TABLE);
			*mod_mask |= PGTBL_PMD_MODIFIED;
		}
		spin_unlock(&init_mm.page_table_lock);
	}
	return pte_offset_kernel(pmd, addr);
}
