/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_X86_TLBFLUSH_H
#define FAULTLINE_X86_TLBFLUSH_H

#include <linux/types.h>
#include <linux/mm_types.h>

DECLARE_PER_CPU(u64, tlbstate_untag_mask);

void __flush_tlb_all(void);

#define TLB_FLUSH_ALL	-1UL
#define TLB_GENERATION_INVALID	0

struct flush_tlb_info {
	struct mm_struct	*mm;
	unsigned long		start;
	unsigned long		end;
	u64			new_tlb_gen;
	unsigned int		initiating_cpu;
	u8			stride_shift;
	u8			freed_tables;
};

struct tlb_state {
	struct mm_struct *loaded_mm;
	unsigned long cr4;
};

DECLARE_PER_CPU(struct tlb_state, cpu_tlbstate);

void flush_tlb_local(void);
void flush_tlb_one_kernel(unsigned long addr);
extern void flush_tlb_all(void);
extern void flush_tlb_mm_range(struct mm_struct *mm, unsigned long start,
				unsigned long end, unsigned int stride_shift,
				bool freed_tables);
extern void flush_tlb_kernel_range(unsigned long start, unsigned long end);

static inline void flush_tlb_page(struct vm_area_struct *vma, unsigned long a)
{
	flush_tlb_mm_range(vma->vm_mm, a, a + PAGE_SIZE, PAGE_SHIFT, false);
}

#endif
