/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_X86_PGTABLE_H
#define FAULTLINE_X86_PGTABLE_H

#include <linux/types.h>
#include <linux/mm_types.h>
#include <asm/pgtable_types.h>
#include <asm/pgtable_64_types.h>

/* Tables of four levels: the p4d is folded into the pgd, whose entries it is. */
#define PGDIR_SHIFT 39
#define PUD_SHIFT 30
#define PMD_SHIFT 21
#define PGDIR_SIZE (1UL << PGDIR_SHIFT)
#define PMD_SIZE (1UL << PMD_SHIFT)
#define PMD_MASK (~(PMD_SIZE - 1))
#ifndef PTRS_PER_PTE
#define PTRS_PER_PTE 512
#endif

#define VMALLOC_START 0xffffc90000000000UL
#define VMALLOC_END 0xffffe8ffffffffffUL
#define TASK_SIZE_MAX 0x7ffffffff000UL

#define pgtable_l5_enabled() 0

#define pgd_index(addr) (((addr) >> PGDIR_SHIFT) & 511)
#define pud_index(addr) (((addr) >> PUD_SHIFT) & 511)
#define pmd_index(addr) (((addr) >> PMD_SHIFT) & 511)
#define pte_index(addr) (((addr) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))

/* The tables that all others are copied from. */
extern struct mm_struct init_mm;

#define pgd_offset_k(addr) (init_mm.pgd + pgd_index(addr))
#define p4d_offset(pgd, addr) ((p4d_t *)(pgd))
#define pud_offset(p4d, addr) ((pud_t *)__va(*(p4d) & PTE_PFN_MASK) + pud_index(addr))
#define pmd_offset(pud, addr) ((pmd_t *)__va(*(pud) & PTE_PFN_MASK) + pmd_index(addr))
#define pte_offset_kernel(pmd, addr) ((pte_t *)__va(*(pmd) & PTE_PFN_MASK) + pte_index(addr))

/* A folded level is always there. */
#define pgd_none(pgd) 0
#define pgd_present(pgd) 1
#define pgd_bad(pgd) 0
#define p4d_none(p4d) ((p4d) == 0)
#define p4d_present(p4d) (((p4d) & _PAGE_PRESENT) != 0)
#define p4d_pfn(p4d) (((p4d) & PTE_PFN_MASK) >> PAGE_SHIFT)
#define pud_none(pud) ((pud) == 0)
#define pud_present(pud) (((pud) & _PAGE_PRESENT) != 0)
#define pud_large(pud) (((pud) & _PAGE_PSE) != 0)
#define pud_leaf(pud) pud_large(pud)
#define pmd_none(pmd) ((pmd) == 0)
#define pmd_present(pmd) (((pmd) & _PAGE_PRESENT) != 0)
#define pmd_large(pmd) (((pmd) & _PAGE_PSE) != 0)
#define pmd_leaf(pmd) pmd_large(pmd)
#define pmd_pfn(pmd) (((pmd) & PTE_PFN_MASK) >> PAGE_SHIFT)
#define pte_present(pte) (((pte) & _PAGE_PRESENT) != 0)

#define set_pgd(pgdp, pgd) WRITE_ONCE(*(pgdp), (pgd))
#define set_p4d(p4dp, p4d) WRITE_ONCE(*(p4dp), (p4d))
#define set_pud(pudp, pud) WRITE_ONCE(*(pudp), (pud))
#define set_pmd(pmdp, pmd) WRITE_ONCE(*(pmdp), (pmd))
#define arch_flush_lazy_mmu_mode() do { } while (0)

static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return (pfn << PAGE_SHIFT) | prot;
}

static inline void set_pte(pte_t *ptep, pte_t pteval)
{
	WRITE_ONCE(*ptep, pteval);
}

static inline void pte_clear(struct mm_struct *mm, unsigned long addr, pte_t *ptep)
{
	set_pte(ptep, 0);
}

/* What of the tables a walk has changed. */
#define PGTBL_PGD_MODIFIED 1
#define PGTBL_P4D_MODIFIED 2
#define PGTBL_PUD_MODIFIED 4
#define PGTBL_PMD_MODIFIED 8
#define PGTBL_PTE_MODIFIED 16
#ifndef ARCH_PAGE_TABLE_SYNC_MASK
#define ARCH_PAGE_TABLE_SYNC_MASK 0
#endif

void arch_sync_kernel_mappings(unsigned long start, unsigned long end);

#endif
