// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/vunmap
arch: arm64
on: tree
about: A CPU unmaps two pages of vmalloc space and frees them, while another CPU may still hold their translations.
entries: [vunmap_range, flush_tlb_kernel_range]
files: [mm/vmalloc.c]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1 }
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
      - { object: kernel_pmd, depth: 2, base: '0xffff800000000000', entries: { 0: kernel_pte } }
      - { object: kernel_pte, depth: 3, base: '0xffff800000000000', entries: { 0: page_a, 1: page_b } }
  initial: { init_mm.pgd: '&kernel_pgd' }
measure: { what: 'two pages of vmalloc space unmapped' }
---*/
#include <linux/mm.h>
#include <linux/vmalloc.h>

#define AREA 0xffff800000000000UL

void vunmap_range(unsigned long addr, unsigned long end);

extern u64 page_a[PTRS_PER_PTE], page_b[PTRS_PER_PTE];

void unmapper(void)
{
	touch_read(AREA);
	vunmap_range(AREA, AREA + 2 * PAGE_SIZE);
	put_page(virt_to_page(page_a));
	put_page(virt_to_page(page_b));
}
