// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/vmemmap-free
arch: arm64
on: tree
about: The memory map of a section that goes is unmapped and freed, and then the table that mapped it, while another CPU may still hold both.
entries: [unmap_hotplug_pte_range, free_empty_pte_table, flush_tlb_kernel_range, __flush_tlb_kernel_pgtable]
files: [arch/arm64/mm/mmu.c]
explore:
  cpus:
    - { name: CPU0, runs: remover }
    - { name: CPU1 }
  mmu:
    regime: arm64-stage1
    root: kernel_pmd
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: kernel_pmd, depth: 0, base: '0xffff800000000000', entries: { 0: kernel_pte } }
      - { object: kernel_pte, depth: 1, base: '0xffff800000000000', entries: { 0: page_a, 511: page_b } }
  # Tables of this architecture count no entries.
  initial: { kernel_pte.@count: 1 }
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>

#define AREA 0xffff800000000000UL

extern u64 kernel_pmd[PTRS_PER_PMD];

void remover(void)
{
	pmd_t *pmdp = (pmd_t *)kernel_pmd;

	unmap_hotplug_pte_range(pmdp, AREA, AREA + PAGE_SIZE, true, NULL);
	unmap_hotplug_pte_range(pmdp, AREA + PMD_SIZE - PAGE_SIZE, AREA + PMD_SIZE, true, NULL);
	free_empty_pte_table(pmdp, AREA, AREA + PMD_SIZE, AREA, AREA + PMD_SIZE);
}
