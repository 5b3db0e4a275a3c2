// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/huge-over-table
arch: arm64
on: tree
about: An empty table of kernel space is freed and a block mapped in its place, while another CPU may still walk through the table.
entries: [pmd_free_pte_page, pmd_set_huge, __flush_tlb_kernel_pgtable]
files: [arch/arm64/mm/mmu.c]
explore:
  cpus:
    - { name: CPU0, runs: mapper }
    - { name: CPU1 }
  mmu:
    regime: arm64-stage1
    root: kernel_pmd
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: kernel_pmd, depth: 0, base: '0xffff800000000000', entries: { 0: kernel_pte } }
      - { object: kernel_pte, depth: 1, base: '0xffff800000000000' }
  blocks: [block]
  initial: { arm64_use_ng_mappings: 0 }
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>

#define AREA 0xffff800000000000UL

extern u64 kernel_pmd[PTRS_PER_PMD], block[PTRS_PER_PTE];

void mapper(void)
{
	pmd_t *pmdp = (pmd_t *)kernel_pmd;

	if (pmd_free_pte_page(pmdp, AREA))
		pmd_set_huge(pmdp, __pa(block), PAGE_KERNEL);
	touch_write(AREA);
}
