/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_PGTABLE_H
#define FAULTLINE_RISCV_PGTABLE_H

#include <linux/types.h>

typedef u64 pte_t;
typedef u64 pgprot_t;

/* The scenario gives the number of entries in a table. */
#define pte_index(addr) (((addr) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))
#define PAGE_KERNEL 0xc7UL

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

static inline void pte_clear(struct mm_struct *mm, unsigned long addr, pte_t *ptep)
{
	set_pte(ptep, 0);
}

#endif
