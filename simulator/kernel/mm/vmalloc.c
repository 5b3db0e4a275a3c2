// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <asm/pgtable.h>
#include <asm/cacheflush.h>

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

static void vunmap_entry(unsigned long addr)
{
	pud_t *pud = pud_offset(p4d_offset(pgd_offset_k(addr), addr), addr);

	pte_clear(&init_mm, addr, pte_offset_kernel(pmd_offset(pud, addr), addr));
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

static void vunmap_entry(unsigned long addr)
{
	pte_clear(NULL, addr, &vmalloc_table[pte_index(addr)]);
}
#endif

/* Nobody may use the mappings when it returns: the pages go back next. */
void vunmap_range(unsigned long addr, unsigned long end)
{
	unsigned long at;

	for (at = addr; at < end; at += PAGE_SIZE)
		vunmap_entry(at);
	flush_tlb_kernel_range(addr, end);
}
