/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_PGTABLE_H
#define FAULTLINE_RISCV_PGTABLE_H

#include <linux/types.h>
#include <asm/pgtable_types.h>

/* Sv39, with the level above folded: the number of entries in a table is the scenario's. */
#define PMD_SHIFT 21
#define PMD_SIZE (1UL << PMD_SHIFT)
#define PUD_SHIFT 30
#define PGDIR_SIZE (1UL << PUD_SHIFT)
#define pte_index(addr) (((addr) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))
#define pmd_index(addr) (((addr) >> PMD_SHIFT) & (PTRS_PER_PMD - 1))
#define pgd_index(addr) (((addr) >> PUD_SHIFT) & (PTRS_PER_PGD - 1))

/* Valid, readable, writable, accessed, dirty; the kernel's are global. */
#define _PAGE_GLOBAL 0x20UL
#define PAGE_KERNEL (0xc7UL | _PAGE_GLOBAL)

#define pte_wrprotect(pte) ((pte) & ~0x4UL)
#define pte_present(pte) ((pte) & 1)
#define pmd_present(pmd) ((pmd) & 1)
#define pgd_present(pgd) ((pgd) & 1)
#define pmd_page_vaddr(pmd) phys_to_virt(((pmd) >> 10) << PAGE_SHIFT)
#define pgd_page_vaddr(pgd) phys_to_virt(((pgd) >> 10) << PAGE_SHIFT)

#define VMALLOC_START 0xffffaf8000000000UL
#define VMALLOC_END 0xffffaf8800000000UL
#define MODULES_VADDR 0xffffffff00000000UL
#define MODULES_END 0xffffffff80000000UL
#define VMALLOC_SIZE (VMALLOC_END - VMALLOC_START)

static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return (pfn << 10) | prot;
}

static inline void set_pte(pte_t *ptep, pte_t pteval)
{
	WRITE_ONCE(*ptep, pteval);
}

static inline void set_pmd(pmd_t *pmdp, pmd_t pmd)
{
	WRITE_ONCE(*pmdp, pmd);
}

static inline void pmd_clear(pmd_t *pmdp)
{
	set_pmd(pmdp, 0);
}

static inline void pgd_clear(pgd_t *pgdp)
{
	WRITE_ONCE(*pgdp, 0);
}

static inline void pte_clear(struct mm_struct *mm, unsigned long addr, pte_t *ptep)
{
	set_pte(ptep, 0);
}

#endif
