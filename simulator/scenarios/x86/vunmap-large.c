// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/vunmap-large
arch: x86
on: tree
about: A page of a vmalloc area that is larger than what is flushed page by page is unmapped and freed, while another CPU has used its mapping, which is global.
entries: [flush_tlb_kernel_range, __flush_tlb_all]
files: [arch/x86/mm/tlb.c, mm/init-mm.c]
axes:
  pcid: [false, true]
  invpcid: [false, true]
  global-pages: [false, true]
excludes:
  - { pcid: true, global-pages: false }
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, runs: user }
  mmu:
    regime: x86
    root: area_table
    levels:
      - { level: 1, shift: 12, entries: 512 }
    tables:
      - { object: area_table, depth: 0, base: '0xffffc90000000000' }
  pages: [page_a]
  initial: { __supported_pte_mask: -1, __default_kernel_pte_mask: -1, nr_cpu_ids: 2, init_mm.pgd: '&area_table' }
measure: { what: 'a vmalloc area of 64 pages flushed' }
---*/
/* History: a flush that spares global entries, as a write of CR3 does, leaves all of vmalloc space behind. */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlbflush.h>

#define AREA 0xffffc90000000000UL

extern pte_t area_table[512];
extern unsigned long page_a[512];

static int mapped, used;

void unmapper(void)
{
	set_pte(&area_table[1], pfn_pte(__pa(page_a) >> PAGE_SHIFT, axis(global-pages) ? PAGE_KERNEL : __pgprot(__PAGE_KERNEL & ~_PAGE_GLOBAL)));
	smp_store_release(&mapped, 1);
	await_nonzero(&used);

	/* Of an area of 64 pages only one is in use: the flush is the same. */
	pte_clear(&init_mm, AREA + PAGE_SIZE, &area_table[1]);
	flush_tlb_kernel_range(AREA, AREA + 64 * PAGE_SIZE);
	put_page(virt_to_page(page_a));
}

void user(void)
{
	await_nonzero(&mapped);
	touch_read(AREA + PAGE_SIZE);
	smp_store_release(&used, 1);
}
