// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/huge-over-table
arch: x86
on: tree
about: An empty table of vmalloc space is freed and a large page mapped in its place, while another CPU may still walk through the table.
entries: [pmd_free_pte_page, pmd_set_huge, flush_tlb_kernel_range]
files: [arch/x86/mm/pgtable.c, arch/x86/mm/tlb.c, mm/init-mm.c]
explore:
  cpus:
    - { name: CPU0, runs: mapper }
    - { name: CPU1 }
  mmu:
    regime: x86
    root: kernel_pmd
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 1, shift: 12, entries: 512 }
    tables:
      - { object: kernel_pmd, depth: 0, base: '0xffffc90000000000', entries: { 0: kernel_pte } }
      - { object: kernel_pte, depth: 1, base: '0xffffc90000000000' }
  blocks: [block]
  initial: { mtrr_state_set: 1, __supported_pte_mask: -1, __default_kernel_pte_mask: -1, nr_cpu_ids: 2, init_mm.pgd: '&kernel_pmd', pgdir_shift: 39, ptrs_per_p4d: 1 }
measure: { what: 'one large page mapped over a table of vmalloc space' }
---*/
/* History: until 2018 the table went without a flush (x86/mm: Add TLB purge to free pmd/pte page interfaces). */
#include <linux/mm.h>
#include <linux/pgtable.h>

#define AREA 0xffffc90000000000UL

extern u64 kernel_pmd[PTRS_PER_PMD], block[PTRS_PER_PTE];

/* What vmap_try_huge_pmd() does where a table was left behind. */
void mapper(void)
{
	pmd_t *pmdp = (pmd_t *)kernel_pmd;

	if (pmd_free_pte_page(pmdp, AREA))
		pmd_set_huge(pmdp, __pa(block), PAGE_KERNEL);
	touch_write(AREA);
}
