/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_TLB_H
#define FAULTLINE_RISCV_TLB_H

struct mmu_gather;

static void tlb_flush(struct mmu_gather *tlb);

#ifdef CONFIG_MMU
#include <linux/swap.h>

/*
 * Fences of firmware wait for nobody who has interrupts off, so that tables
 * have to wait for a grace period where these are used.
 */
static inline void __tlb_remove_table(void *table)
{
	free_page_and_swap_cache(table);
}

#endif /* CONFIG_MMU */

#define tlb_flush tlb_flush
#include <asm-generic/tlb.h>

static inline void tlb_flush(struct mmu_gather *tlb)
{
#ifdef CONFIG_MMU
	if (tlb->fullmm || tlb->need_flush_all || tlb->freed_tables)
		flush_tlb_mm(tlb->mm);
	else
		flush_tlb_mm_range(tlb->mm, tlb->start, tlb->end,
				   tlb_get_unmap_size(tlb));
#endif
}

#endif
