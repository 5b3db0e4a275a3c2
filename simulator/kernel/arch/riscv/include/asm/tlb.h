/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_TLB_H
#define FAULTLINE_RISCV_TLB_H

struct mmu_gather;

static void tlb_flush(struct mmu_gather *tlb);

/*@ since v6.8 */
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

/*@ end */
#define tlb_flush tlb_flush
#include <asm-generic/tlb.h>

static inline void tlb_flush(struct mmu_gather *tlb)
{
/*@ until v6.5 */
	flush_tlb_mm(tlb->mm);
/*@ else */
#ifdef CONFIG_MMU
/*@ end */
/*@ since v6.7 until v6.7 */
	if (tlb->fullmm || tlb->need_flush_all)
/*@ end */
/*@ since v6.8 */
	if (tlb->fullmm || tlb->need_flush_all || tlb->freed_tables)
/*@ end */
/*@ since v6.7 */
		flush_tlb_mm(tlb->mm);
	else
		flush_tlb_mm_range(tlb->mm, tlb->start, tlb->end,
				   tlb_get_unmap_size(tlb));
#endif
/*@ end */
}

#endif
