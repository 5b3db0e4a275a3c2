// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/vunmap
arch: x86
on: tree
about: A page of a vmalloc area is unmapped and freed while another CPU has used the mapping.
entries: [vunmap_range, flush_tlb_kernel_range]
files: [mm/vmalloc.c, arch/x86/mm/tlb.c, mm/init-mm.c]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, runs: user }
  mmu:
    regime: x86
    root: top_table
    levels:
      - { level: 4, shift: 39, entries: 512 }
      - { level: 3, shift: 30, entries: 512 }
      - { level: 2, shift: 21, entries: 512 }
      - { level: 1, shift: 12, entries: 512 }
    tables:
      - { object: top_table, depth: 0, base: '0xffff000000000000', entries: { 402: pud_table } }
      - { object: pud_table, depth: 1, base: '0xffffc90000000000', entries: { 0: pmd_table } }
      - { object: pmd_table, depth: 2, base: '0xffffc90000000000', entries: { 0: pte_table } }
      - { object: pte_table, depth: 3, base: '0xffffc90000000000', entries: { 1: page_a } }
  initial: { init_mm.pgd: '&top_table', pgdir_shift: 39, ptrs_per_p4d: 1 }
measure: { what: 'one page of a vmalloc area unmapped' }
---*/
#include <linux/mm.h>
#include <linux/vmalloc.h>

#define AREA 0xffffc90000001000UL

extern pgd_t top_table[512];
extern unsigned long page_a[512];

static int used;

void unmapper(void)
{
	await_nonzero(&used);
	vunmap_range(AREA, AREA + PAGE_SIZE);

	/* The area is gone, and so are its pages. */
	put_page(virt_to_page(page_a));
}

void user(void)
{
	touch_read(AREA);
	smp_store_release(&used, 1);
}
