// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <asm/pgtable.h>
#include <asm/cacheflush.h>

#ifndef flush_cache_vunmap
#define flush_cache_vunmap(start, end) do { } while (0)
#endif

#if CONFIG_PGTABLE_LEVELS > 3
/* All levels of tables, and the copies of the topmost that each process has. */
pud_t *pud_alloc_track(struct mm_struct *mm, p4d_t *p4d, unsigned long addr,
		       unsigned int *mod_mask);
pmd_t *pmd_alloc_track(struct mm_struct *mm, pud_t *pud, unsigned long addr,
		       unsigned int *mod_mask);
pte_t *pte_alloc_kernel_track(pmd_t *pmd, unsigned long addr,
			      unsigned int *mod_mask);

static pte_t *vmap_pte(unsigned long addr, unsigned int *mask)
{
	p4d_t *p4d = p4d_offset(pgd_offset_k(addr), addr);
	pud_t *pud = pud_alloc_track(&init_mm, p4d, addr, mask);
	pmd_t *pmd = pmd_alloc_track(&init_mm, pud, addr, mask);

	return pte_alloc_kernel_track(pmd, addr, mask);
}

/* Whoever finds the tables there takes them to be everywhere. */
int vmap_pages_range(unsigned long addr, unsigned long end, pgprot_t prot,
		     void **pages, unsigned int page_shift)
{
	unsigned int mask = 0;
	unsigned long at = addr;
	int nr = 0;

	do {
		set_pte(vmap_pte(at, &mask), pfn_pte(virt_to_phys(pages[nr++]) >> PAGE_SHIFT, prot));
	} while (at += PAGE_SIZE, at < end);
	if (mask & ARCH_PAGE_TABLE_SYNC_MASK)
		arch_sync_kernel_mappings(addr, end);
	flush_cache_vmap(addr, end);
	return 0;
}

static pte_t *vmap_entry(unsigned long addr)
{
	pud_t *pud = pud_offset(p4d_offset(pgd_offset_k(addr), addr), addr);

	return pte_offset_kernel(pmd_offset(pud, addr), addr);
}
#else
/* The page table that maps the vmalloc area; the scenario brings it. */
extern pte_t vmalloc_table[PTRS_PER_PTE];

/*
 * Nothing between the store of an entry and the arch hook orders it: the area
 * is the caller's own, no lock is taken, and the tables above are there.
 */
int vmap_pages_range(unsigned long addr, unsigned long end, pgprot_t prot,
		     void **pages, unsigned int page_shift)
{
	unsigned long at;
	int nr = 0;

	for (at = addr; at < end; at += PAGE_SIZE)
		set_pte(&vmalloc_table[pte_index(at)], pfn_pte(virt_to_phys(pages[nr++]) >> PAGE_SHIFT, prot));
	flush_cache_vmap(addr, end);
	return 0;
}

static pte_t *vmap_entry(unsigned long addr)
{
	return &vmalloc_table[pte_index(addr)];
}
#endif

/* Takes the entries out. Tables stay: nobody frees those of this space. */
static void __vunmap_range_noflush(unsigned long start, unsigned long end)
{
	unsigned long addr;

	for (addr = start; addr < end; addr += PAGE_SIZE)
		pte_clear(NULL, addr, vmap_entry(addr));
}

void vunmap_range_noflush(unsigned long start, unsigned long end)
{
	__vunmap_range_noflush(start, end);
}

void vunmap_range(unsigned long addr, unsigned long end)
{
	flush_cache_vunmap(addr, end);
	vunmap_range_noflush(addr, end);
	flush_tlb_kernel_range(addr, end);
}

struct vmap_area {
	unsigned long va_start;
	unsigned long va_end;
	struct list_head list;
};

/* Areas that were unmapped some time ago are flushed before they may be used again. */
static bool __purge_vmap_area_lazy(unsigned long start, unsigned long end)
{
	unsigned long resched_threshold;

	flush_tlb_kernel_range(start, end);
	resched_threshold = lazy_max_pages() << 1;

	spin_lock(&free_vmap_area_lock);
	merge_purged_areas(resched_threshold);
	spin_unlock(&free_vmap_area_lock);
	return true;
}

static void free_unmap_vmap_area(struct vmap_area *va)
{
	flush_cache_vunmap(va->va_start, va->va_end);
	vunmap_range_noflush(va->va_start, va->va_end);
	if (debug_pagealloc_enabled_static())
		flush_tlb_kernel_range(va->va_start, va->va_end);

	free_vmap_area_noflush(va);
}

static void vb_free(unsigned long addr, unsigned long size)
{
	struct vmap_block *vb = vmap_block_of(addr);

	vunmap_range_noflush(addr, addr + size);

	if (debug_pagealloc_enabled_static())
		flush_tlb_kernel_range(addr, addr + size);

	spin_lock(&vb->lock);
	vmap_block_drop(vb, addr, size);
	spin_unlock(&vb->lock);
}

static void _vm_unmap_aliases(unsigned long start, unsigned long end, int flush)
{
	mutex_lock(&vmap_purge_lock);
	collect_dirty_blocks(&start, &end, &flush);
	free_purged_blocks(&purge_list);

	if (!__purge_vmap_area_lazy(start, end) && flush)
		flush_tlb_kernel_range(start, end);
	mutex_unlock(&vmap_purge_lock);
}
