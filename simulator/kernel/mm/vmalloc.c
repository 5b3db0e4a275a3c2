// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <asm/pgtable.h>
#include <asm/cacheflush.h>

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
