/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A gather: entries are cleared one after the other, one flush covers them all,
 * and what they led to is freed after it.
 */
#ifndef FAULTLINE_GENERIC_TLB_H
#define FAULTLINE_GENERIC_TLB_H

#include <linux/mm.h>
#include <linux/swap.h>
#include <asm/tlbflush.h>

#ifdef CONFIG_MMU_GATHER_TABLE_FREE

#define MAX_TABLE_BATCH 2

/* Tables that wait for a flush, and with RCU table free for a grace period. */
struct mmu_table_batch {
#ifdef CONFIG_MMU_GATHER_RCU_TABLE_FREE
	struct rcu_head rcu;
#endif
	unsigned int nr;
	void *tables[MAX_TABLE_BATCH];
};

void tlb_remove_table(struct mmu_gather *tlb, void *table);

#else

#define tlb_remove_table(tlb, page) tlb_remove_page((tlb), (struct page *)(page))

#endif

#ifdef CONFIG_MMU_GATHER_RCU_TABLE_FREE
#ifndef tlb_needs_table_invalidate
#define tlb_needs_table_invalidate() (true)
#endif
void tlb_remove_table_sync_one(void);
#else
static inline void tlb_remove_table_sync_one(void) { }
#endif

#define MMU_GATHER_BUNDLE 8

struct mmu_gather_batch {
	unsigned int nr;
	unsigned int max;
	struct page *encoded_pages[MMU_GATHER_BUNDLE];
};

struct mmu_gather {
	struct mm_struct *mm;
#ifdef CONFIG_MMU_GATHER_TABLE_FREE
	struct mmu_table_batch *batch;
#endif
	unsigned long start;
	unsigned long end;
	/* The whole address space goes. */
	unsigned int fullmm;
	unsigned int need_flush_all;
	/* Tables are among what was unmapped. */
	unsigned int freed_tables;
	/* On which levels entries were cleared. */
	unsigned int cleared_ptes;
	unsigned int cleared_pmds;
	unsigned int cleared_puds;
	unsigned int cleared_p4ds;
	unsigned int vma_exec;
	unsigned int vma_huge;
	struct mmu_gather_batch local;
};

void tlb_flush_mmu(struct mmu_gather *tlb);
bool __tlb_remove_page_size(struct mmu_gather *tlb, struct page *page, int page_size);

static inline void __tlb_adjust_range(struct mmu_gather *tlb, unsigned long address, unsigned int range_size)
{
	tlb->start = min(tlb->start, address);
	tlb->end = max(tlb->end, address + range_size);
}

static inline void __tlb_reset_range(struct mmu_gather *tlb)
{
	if (tlb->fullmm) {
		tlb->start = tlb->end = ~0UL;
	} else {
		tlb->start = ~0UL;
		tlb->end = 0;
	}
	tlb->freed_tables = 0;
	tlb->cleared_ptes = 0;
	tlb->cleared_pmds = 0;
	tlb->cleared_puds = 0;
	tlb->cleared_p4ds = 0;
}

#ifndef tlb_flush
static inline void tlb_flush(struct mmu_gather *tlb)
{
	if (tlb->fullmm || tlb->need_flush_all) {
		flush_tlb_mm(tlb->mm);
	} else if (tlb->end) {
		struct vm_area_struct vma = {
			.vm_mm = tlb->mm,
		};

		flush_tlb_range(&vma, tlb->start, tlb->end);
	}
}
#endif

static inline void tlb_flush_mmu_tlbonly(struct mmu_gather *tlb)
{
/*@ until v5.4 */
	if (!tlb->end)
/*@ else */
	/* Whatever widens the range notes a level or a table, too. */
	if (!(tlb->freed_tables || tlb->cleared_ptes || tlb->cleared_pmds ||
	      tlb->cleared_puds || tlb->cleared_p4ds))
/*@ end */
		return;

	tlb_flush(tlb);
	__tlb_reset_range(tlb);
}

static inline void tlb_remove_page_size(struct mmu_gather *tlb, struct page *page, int page_size)
{
	if (__tlb_remove_page_size(tlb, page, page_size))
		tlb_flush_mmu(tlb);
}

static inline void tlb_remove_page(struct mmu_gather *tlb, struct page *page)
{
	return tlb_remove_page_size(tlb, page, PAGE_SIZE);
}

static inline void tlb_remove_ptdesc(struct mmu_gather *tlb, void *pt)
{
	tlb_remove_table(tlb, pt);
}

static inline void tlb_remove_page_ptdesc(struct mmu_gather *tlb, struct ptdesc *pt)
{
	tlb_remove_page(tlb, ptdesc_page(pt));
}

static inline unsigned long tlb_get_unmap_shift(struct mmu_gather *tlb)
{
	if (tlb->cleared_ptes)
		return PAGE_SHIFT;
	if (tlb->cleared_pmds)
		return PMD_SHIFT;
	if (tlb->cleared_puds)
		return PUD_SHIFT;
	return PAGE_SHIFT;
}

static inline unsigned long tlb_get_unmap_size(struct mmu_gather *tlb)
{
	return 1UL << tlb_get_unmap_shift(tlb);
}

static inline void tlb_flush_pte_range(struct mmu_gather *tlb, unsigned long address, unsigned long size)
{
	__tlb_adjust_range(tlb, address, size);
	tlb->cleared_ptes = 1;
}

static inline void tlb_flush_pmd_range(struct mmu_gather *tlb, unsigned long address, unsigned long size)
{
	__tlb_adjust_range(tlb, address, size);
	tlb->cleared_pmds = 1;
}

static inline void tlb_flush_pud_range(struct mmu_gather *tlb, unsigned long address, unsigned long size)
{
	__tlb_adjust_range(tlb, address, size);
	tlb->cleared_puds = 1;
}

static inline void tlb_flush_p4d_range(struct mmu_gather *tlb, unsigned long address, unsigned long size)
{
	__tlb_adjust_range(tlb, address, size);
	tlb->cleared_p4ds = 1;
}

#define tlb_remove_tlb_entry(tlb, ptep, address) \
	tlb_flush_pte_range(tlb, address, PAGE_SIZE)

#ifndef pte_free_tlb
#define pte_free_tlb(tlb, ptep, address)			\
	do {							\
		tlb_flush_pmd_range(tlb, address, PAGE_SIZE);	\
		tlb->freed_tables = 1;				\
		__pte_free_tlb(tlb, ptep, address);		\
	} while (0)
#endif

#ifndef pmd_free_tlb
#define pmd_free_tlb(tlb, pmdp, address)			\
	do {							\
		tlb_flush_pud_range(tlb, address, PAGE_SIZE);	\
		tlb->freed_tables = 1;				\
		__pmd_free_tlb(tlb, pmdp, address);		\
	} while (0)
#endif

#ifndef pud_free_tlb
#define pud_free_tlb(tlb, pudp, address)			\
	do {							\
		tlb_flush_p4d_range(tlb, address, PAGE_SIZE);	\
		tlb->freed_tables = 1;				\
		__pud_free_tlb(tlb, pudp, address);		\
	} while (0)
#endif

#endif
