/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_MM_TYPES_H
#define FAULTLINE_MM_TYPES_H

#include <linux/types.h>
#include <linux/cpumask.h>
#include <asm/pgtable_types.h>
#include <asm/mmu.h>

typedef struct { int held; } spinlock_t;

struct pt_regs;
struct vmem_altmap;

struct mm_struct {
	pgd_t *pgd;
	spinlock_t page_table_lock;
	mm_context_t context;
	/* Gathers under way: a flush that somebody else still owes. */
	atomic_t tlb_flush_pending;
	struct cpumask cpu_bitmap;
};

struct vm_area_struct {
	struct mm_struct *vm_mm;
	unsigned long vm_flags;
};

#define mm_cpumask(mm) (&(mm)->cpu_bitmap)

#define VM_EXEC 0x4UL
#define VM_HUGETLB 0x400000UL

static inline bool is_vm_hugetlb_page(struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_HUGETLB) != 0;
}

static inline void inc_tlb_flush_pending(struct mm_struct *mm)
{
	atomic_inc(&mm->tlb_flush_pending);
}

static inline void dec_tlb_flush_pending(struct mm_struct *mm)
{
	atomic_dec(&mm->tlb_flush_pending);
}

static inline bool mm_tlb_flush_nested(struct mm_struct *mm)
{
	return atomic_read(&mm->tlb_flush_pending) > 1;
}

#endif
