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

/*@ until v6.7 */
#define __pud_free_tlb(tlb, pud, addr)  pud_free((tlb)->mm, pud)
/*@ else */
static inline void __pud_free_tlb(struct mmu_gather *tlb, pud_t *pud,
				  unsigned long addr)
{
	if (pgtable_l4_enabled) {
		struct ptdesc *ptdesc = virt_to_ptdesc(pud);

		pagetable_pud_dtor(ptdesc);
		if (riscv_use_ipi_for_rfence())
			tlb_remove_page_ptdesc(tlb, ptdesc);
		else
			tlb_remove_ptdesc(tlb, ptdesc);
	}
}
/*@ end */

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

/*@ until v6.7 */
#define __p4d_free_tlb(tlb, p4d, addr)  p4d_free((tlb)->mm, p4d)
/*@ else */
static inline void __p4d_free_tlb(struct mmu_gather *tlb, p4d_t *p4d,
				  unsigned long addr)
{
	if (pgtable_l5_enabled) {
		if (riscv_use_ipi_for_rfence())
			tlb_remove_page_ptdesc(tlb, virt_to_ptdesc(p4d));
		else
			tlb_remove_ptdesc(tlb, virt_to_ptdesc(p4d));
	}
}
/*@ end */
#endif /* __PAGETABLE_PMD_FOLDED */

static inline void pmd_free(struct mm_struct *mm, pmd_t *pmd)
{
	free_page((unsigned long)pmd);
}

#ifndef __PAGETABLE_PMD_FOLDED

/*@ until v6.7 */
#define __pmd_free_tlb(tlb, pmd, addr)  pmd_free((tlb)->mm, pmd)
/*@ else */
static inline void __pmd_free_tlb(struct mmu_gather *tlb, pmd_t *pmd,
				  unsigned long addr)
{
	struct ptdesc *ptdesc = virt_to_ptdesc(pmd);

	pagetable_pmd_dtor(ptdesc);
	if (riscv_use_ipi_for_rfence())
		tlb_remove_page_ptdesc(tlb, ptdesc);
	else
		tlb_remove_ptdesc(tlb, ptdesc);
}
/*@ end */

#endif /* __PAGETABLE_PMD_FOLDED */

/*@ until v6.7 */
#define __pte_free_tlb(tlb, pte, buf)			\
do {							\
	pagetable_pte_dtor(page_ptdesc(pte));		\
	tlb_remove_page_ptdesc((tlb), page_ptdesc(pte));\
} while (0)
/*@ else */
static inline void __pte_free_tlb(struct mmu_gather *tlb, pgtable_t pte,
				  unsigned long addr)
{
	struct ptdesc *ptdesc = page_ptdesc(pte);

	pagetable_pte_dtor(ptdesc);
	if (riscv_use_ipi_for_rfence())
		tlb_remove_page_ptdesc(tlb, ptdesc);
	else
		tlb_remove_ptdesc(tlb, ptdesc);
}
/*@ end */
#endif /* CONFIG_MMU */

#endif
