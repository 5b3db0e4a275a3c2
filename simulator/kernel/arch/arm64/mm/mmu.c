// SPDX-License-Identifier: Apache-2.0
/* The kernel's own tables: how the memory map comes into them. */
#include <linux/types.h>
#include <linux/mm_types.h>
#include <linux/init.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>

struct mm_struct init_mm;

/* A block that is there already will do. */
int __meminit vmemmap_check_pmd(pmd_t *pmdp, int node,
				unsigned long addr, unsigned long next)
{
	if (!pmd_leaf(pmdp_get(pmdp)))
		return 0;
	return 1;
}

/* At boot and hotplug, before anybody uses the range. */
int __meminit vmemmap_populate(unsigned long start, unsigned long end, int node,
		struct vmem_altmap *altmap)
{
	unsigned long addr;

	for (addr = start; addr < end; addr += PMD_SIZE) {
		pmd_t *pmdp = pmd_off_k(addr);

		if (!vmemmap_check_pmd(pmdp, node, addr, addr + PMD_SIZE))
			set_pmd(pmdp, __pmd(__pa(alloc_page(0)) | PMD_TYPE_SECT | PTE_SHARED | PTE_AF));
	}
	return 0;
}
