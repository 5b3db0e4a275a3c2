// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/vmap-use
arch: arm64
on: tree
about: Two CPUs each map a page of vmalloc space, where the table for both was missing, and write to it at once.
entries: [vmap_pages_range_noflush, pmd_populate_kernel]
files: [mm/vmalloc.c, mm/memory.c]
explore:
  cpus:
    - { name: CPU0, runs: mapper }
    - { name: CPU1, runs: neighbour }
  mmu:
    regime: arm64-stage1
    root: kernel_pgd
    levels:
      - { level: 0, shift: 39, entries: 512 }
      - { level: 1, shift: 30, entries: 512 }
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: kernel_pgd, depth: 0, base: '0xffff000000000000', entries: { 256: kernel_pud } }
      - { object: kernel_pud, depth: 1, base: '0xffff800000000000', entries: { 0: kernel_pmd } }
      - { object: kernel_pmd, depth: 2, base: '0xffff800000000000' }
      - { object: fresh_table, depth: 3, base: '0xffff800000000000' }
      - { object: spare_table, depth: 3, base: '0xffff800000000000' }
  pages: [page_a, page_b]
  pool: [fresh_table, spare_table]
  initial: { init_mm.pgd: '&kernel_pgd', arm64_use_ng_mappings: 0 }
---*/
#include <linux/mm.h>
#include <linux/vmalloc.h>

#define AREA 0xffff800000000000UL

int vmap_pages_range_noflush(unsigned long addr, unsigned long end, pgprot_t prot, struct page **pages, unsigned int page_shift);

extern u64 page_a[PTRS_PER_PTE], page_b[PTRS_PER_PTE];

static struct page *mine[1] = { (struct page *)page_a };
static struct page *its[1] = { (struct page *)page_b };

void mapper(void)
{
	vmap_pages_range_noflush(AREA, AREA + PAGE_SIZE, PAGE_KERNEL, mine, PAGE_SHIFT);
	touch_write(AREA);
}

void neighbour(void)
{
	vmap_pages_range_noflush(AREA + PAGE_SIZE, AREA + 2 * PAGE_SIZE, PAGE_KERNEL, its, PAGE_SHIFT);
	touch_write(AREA + PAGE_SIZE);
}
