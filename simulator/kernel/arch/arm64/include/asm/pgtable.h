/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_PGTABLE_H
#define __ASM_PGTABLE_H

#ifndef __ASSEMBLY__
#include <linux/types.h>
#include <linux/mm_types.h>
#include <asm/pgtable_types.h>

extern struct mm_struct init_mm;

/* Descriptor bits: Arm ARM DDI 0487, "VMSAv8-64 translation table format descriptors". */
#define PTE_VALID		(1UL << 0)
#define PTE_TYPE_MASK		(3UL << 0)
#define PTE_TYPE_PAGE		(3UL << 0)
#define PTE_TABLE_BIT		(1UL << 1)
#define PTE_USER		(1UL << 6)
#define PTE_RDONLY		(1UL << 7)
#define PTE_SHARED		(3UL << 8)
#define PTE_AF			(1UL << 10)
#define PTE_ADDR_LOW		0x0000fffffffff000UL
#define PMD_TYPE_MASK		(3UL << 0)
#define PMD_TYPE_TABLE		(3UL << 0)
#define PMD_TYPE_SECT		(1UL << 0)

#define PAGE_KERNEL		__pgprot(PTE_TYPE_PAGE | PTE_SHARED | PTE_AF)
#define PAGE_KERNEL_RO		__pgprot(PTE_TYPE_PAGE | PTE_SHARED | PTE_AF | PTE_RDONLY)

/*
 * A scenario has tables of few entries, so that runs stay small; the span of an entry shrinks with them. PTE_INDEX_BITS is the
 * scenario's.
 */
#define PTRS_PER_PTE	(1 << PTE_INDEX_BITS)
#define PTRS_PER_PMD	(1 << PTE_INDEX_BITS)
#define PMD_SHIFT	(PAGE_SHIFT + PTE_INDEX_BITS)
#define PMD_SIZE	(1UL << PMD_SHIFT)
#define PMD_MASK	(~(PMD_SIZE - 1))

#define VMEMMAP_START	0xfffffc0000000000UL
#define VMEMMAP_END	0xfffffe0000000000UL

/* The table that maps the kernel area at hand; the scenario brings it. */
extern pmd_t kernel_pmd[PTRS_PER_PMD];

#define pte_index(addr)	(((addr) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))
#define pmd_index(addr)	(((addr) >> PMD_SHIFT) & (PTRS_PER_PMD - 1))
#define pmd_off_k(addr)	(&kernel_pmd[pmd_index(addr)])

#define pte_valid(pte)		(!!(pte_val(pte) & PTE_VALID))
#define pte_valid_not_user(pte)	((pte_val(pte) & (PTE_VALID | PTE_USER)) == PTE_VALID)
#define pte_pfn(pte)		((pte_val(pte) & PTE_ADDR_LOW) >> PAGE_SHIFT)
#define pte_page(pte)		(pfn_to_page(pte_pfn(pte)))
#define pfn_pte(pfn, prot)	__pte(((phys_addr_t)(pfn) << PAGE_SHIFT) | pgprot_val(prot))
#define mk_pte(page, prot)	pfn_pte(page_to_pfn(page), prot)

#define pmd_none(pmd)		(!pmd_val(pmd))
#define pmd_valid(pmd)		(!!(pmd_val(pmd) & PTE_VALID))
#define pmd_table(pmd)		((pmd_val(pmd) & PMD_TYPE_MASK) == PMD_TYPE_TABLE)
#define pmd_sect(pmd)		((pmd_val(pmd) & PMD_TYPE_MASK) == PMD_TYPE_SECT)
#define pmd_leaf(pmd)		pmd_sect(pmd)
#define pmd_page(pmd)		(pfn_to_page((pmd_val(pmd) & PTE_ADDR_LOW) >> PAGE_SHIFT))
#define pmd_page_vaddr(pmd)	((unsigned long)__va(pmd_val(pmd) & PTE_ADDR_LOW))

#define ptep_get(ptep)		READ_ONCE(*(ptep))
#define pmdp_get(pmdp)		READ_ONCE(*(pmdp))
#define pte_offset_kernel(dir, addr)	((pte_t *)pmd_page_vaddr(READ_ONCE(*(dir))) + pte_index(addr))

/* Who makes an entry of the kernel valid waits for its own store to reach walks, and for its later accesses to use it. */
static inline void set_pte(pte_t *ptep, pte_t pte)
{
	WRITE_ONCE(*ptep, pte);
	if (pte_valid_not_user(pte)) {
		dsb(ishst);
		isb();
	}
}

#define set_pte_at(mm, addr, ptep, pte)	set_pte(ptep, pte)
#define pte_clear(mm, addr, ptep)	set_pte(ptep, __pte(0))

static inline void set_pmd(pmd_t *pmdp, pmd_t pmd)
{
	WRITE_ONCE(*pmdp, pmd);
	if (pmd_valid(pmd)) {
		dsb(ishst);
		isb();
	}
}

#define pmd_clear(pmdp)		set_pmd(pmdp, __pmd(0))

static inline void pmd_populate_kernel(struct mm_struct *mm, pmd_t *pmdp, pte_t *ptep)
{
	set_pmd(pmdp, __pmd(__pa(ptep) | PMD_TYPE_TABLE));
}

extern pte_t ptep_modify_prot_start(struct vm_area_struct *vma,
				    unsigned long addr, pte_t *ptep);
extern void ptep_modify_prot_commit(struct vm_area_struct *vma,
				    unsigned long addr, pte_t *ptep,
				    pte_t old_pte, pte_t new_pte);
#endif /* !__ASSEMBLY__ */

#endif /* __ASM_PGTABLE_H */
