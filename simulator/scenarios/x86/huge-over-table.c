// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/huge-over-table
arch: x86
on: tree
about: An empty table of vmalloc space is freed, alone or with the one above it, and a large page mapped in its place, while another CPU may still walk through the table.
entries: [pmd_free_pte_page, pud_free_pmd_page, pmd_set_huge, pud_set_huge, flush_tlb_kernel_range]
files: [arch/x86/mm/pgtable.c, arch/x86/mm/tlb.c, mm/init-mm.c]
axes:
  gigabyte-page: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: mapper }
    - { name: CPU1 }
  mmu:
    regime: x86
    root: kernel_pud
    levels:
      - { level: 3, shift: 30, entries: 512 }
      - { level: 2, shift: 21, entries: 512 }
      - { level: 1, shift: 12, entries: 512 }
    tables:
      - { object: kernel_pud, depth: 0, base: '0xffffc90000000000', entries: { 0: kernel_pmd } }
      - { object: kernel_pmd, depth: 1, base: '0xffffc90000000000', entries: { 0: kernel_pte } }
      - { object: kernel_pte, depth: 2, base: '0xffffc90000000000' }
  blocks: [block]
  pool: [saved]
  initial: { mtrr_state_set: 1, __supported_pte_mask: -1, __default_kernel_pte_mask: -1, nr_cpu_ids: 2, init_mm.pgd: '&kernel_pud', pgdir_shift: 39, ptrs_per_p4d: 1 }
measure: { what: 'one large page mapped over a table of vmalloc space' }
---*/
/* History: until 2018 the table went without a flush (x86/mm: Add TLB purge to free pmd/pte page interfaces). */
#include <linux/mm.h>
#include <linux/pgtable.h>

#define AREA 0xffffc90000000000UL

extern u64 kernel_pud[PTRS_PER_PUD], kernel_pmd[PTRS_PER_PMD], block[PTRS_PER_PTE];

/* What vmap_try_huge_pmd() and vmap_try_huge_pud() do where a table was left behind. */
void mapper(void)
{
	pmd_t *pmdp = (pmd_t *)kernel_pmd;
	pud_t *pudp = (pud_t *)kernel_pud;

	if (axis(gigabyte-page)) {
		if (pud_free_pmd_page(pudp, AREA))
			pud_set_huge(pudp, __pa(block), PAGE_KERNEL);
	} else if (pmd_free_pte_page(pmdp, AREA)) {
		pmd_set_huge(pmdp, __pa(block), PAGE_KERNEL);
	}
	touch_write(AREA);
}
