// SPDX-License-Identifier: Apache-2.0
/*
 * The memory map of a huge page is, but for its first page, the same page over and over: one is kept, read-only, behind all of these
 * addresses, and the others are freed. Everybody may use the range meanwhile: a struct page is looked at without asking.
 */
#include <linux/types.h>
#include <linux/mm_types.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>

#ifdef CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP

/* How a live entry is changed and what is flushed afterwards, unless the architecture has a way of its own. */
#ifndef vmemmap_update_pmd
static inline void vmemmap_update_pmd(unsigned long addr, pmd_t *pmdp, pte_t *ptep)
{
	pmd_populate_kernel(&init_mm, pmdp, ptep);
}
#endif

#ifndef vmemmap_update_pte
static inline void vmemmap_update_pte(unsigned long addr, pte_t *ptep, pte_t pte)
{
	set_pte_at(&init_mm, addr, ptep, pte);
}
#endif

#ifndef vmemmap_flush_tlb_all
#define vmemmap_flush_tlb_all()	flush_tlb_all()
#endif

#ifndef vmemmap_flush_tlb_range
#define vmemmap_flush_tlb_range(start, end)	flush_tlb_kernel_range(start, end)
#endif

struct vmemmap_remap_walk {
	struct page *reuse_page;
	struct page *freed;
};

/* A block becomes a table of pages that maps the same. */
static int vmemmap_split_pmd(pmd_t *pmd, struct page *head, unsigned long start,
			     struct vmemmap_remap_walk *walk)
{
	unsigned long addr;
	pte_t *pgtable = (pte_t *)get_zeroed_page(0);
	phys_addr_t phys = page_to_phys(head);

	if (!pgtable)
		return -ENOMEM;

	for (addr = start; addr < start + PMD_SIZE; addr += PAGE_SIZE)
		set_pte_at(&init_mm, addr, &pgtable[pte_index(addr)],
			   __pte((phys + addr - start) | pgprot_val(PAGE_KERNEL)));

	spin_lock(&init_mm.page_table_lock);
	if (pmd_leaf(pmdp_get(pmd))) {
		/* Whoever walks through the new entry must find the table filled. */
		smp_wmb();
		vmemmap_update_pmd(start, pmd, pgtable);
		vmemmap_flush_tlb_range(start, start + PMD_SIZE);
	} else {
		free_page((unsigned long)pgtable);
	}
	spin_unlock(&init_mm.page_table_lock);

	return 0;
}

/* Another page comes behind a live address. */
static void vmemmap_remap_pte(pte_t *pte, unsigned long addr,
			      struct vmemmap_remap_walk *walk)
{
	walk->freed = pte_page(ptep_get(pte));
	vmemmap_update_pte(addr, pte, mk_pte(walk->reuse_page, PAGE_KERNEL_RO));
}

int vmemmap_remap_split(unsigned long start)
{
	struct vmemmap_remap_walk walk = { };
	pmd_t *pmd = pmd_off_k(start);

	return vmemmap_split_pmd(pmd, pmd_page(pmdp_get(pmd)), start & PMD_MASK, &walk);
}

void vmemmap_remap_free(unsigned long addr, struct page *reuse)
{
	struct vmemmap_remap_walk walk = { .reuse_page = reuse };

	vmemmap_remap_pte(pte_offset_kernel(pmd_off_k(addr), addr), addr, &walk);
	vmemmap_flush_tlb_range(addr, addr + PAGE_SIZE);
	__free_page(walk.freed);
}

#endif
