/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_PGALLOC_H
#define FAULTLINE_RISCV_PGALLOC_H

#include <linux/mm.h>
#include <asm/tlb.h>

#ifdef CONFIG_MMU

#ifndef __PAGETABLE_PMD_FOLDED
/* Sv39: the two levels above the third are folded into it. */
#define pgtable_l4_enabled false
#define pgtable_l5_enabled false

static inline void pud_free(struct mm_struct *mm, pud_t *pud)
{
	if (pgtable_l4_enabled)
		free_page((unsigned long)pud);
}

#define __pud_free_tlb(tlb, pud, addr)  pud_free((tlb)->mm, pud)

#define p4d_alloc_one p4d_alloc_one
static inline p4d_t *p4d_alloc_one(struct mm_struct *mm, unsigned long addr)
{
	if (pgtable_l5_enabled)
		return (p4d_t *)get_zeroed_page(GFP_KERNEL);
	return NULL;
}

static inline void p4d_free(struct mm_struct *mm, p4d_t *p4d)
{
	if (pgtable_l5_enabled)
		free_page((unsigned long)p4d);
}

#define __p4d_free_tlb(tlb, p4d, addr)  p4d_free((tlb)->mm, p4d)
#endif /* __PAGETABLE_PMD_FOLDED */

static inline void pmd_free(struct mm_struct *mm, pmd_t *pmd)
{
	free_page((unsigned long)pmd);
}

#ifndef __PAGETABLE_PMD_FOLDED

#define __pmd_free_tlb(tlb, pmd, addr)  pmd_free((tlb)->mm, pmd)

#endif /* __PAGETABLE_PMD_FOLDED */

#define __pte_free_tlb(tlb, pte, buf)			\
do {							\
	pagetable_pte_dtor(page_ptdesc(pte));		\
	tlb_remove_page_ptdesc((tlb), page_ptdesc(pte));\
} while (0)
#endif /* CONFIG_MMU */

#endif
