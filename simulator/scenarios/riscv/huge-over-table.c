// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/huge-over-table
arch: riscv
on: tree
about: Empty tables of vmalloc space are freed to make place for large pages, while another hart may still walk through them.
entries: [pmd_free_pte_page, pud_free_pmd_page, flush_tlb_kernel_range]
files: [arch/riscv/mm/pgtable.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/init.c]
known:
  - kernel: '6.12'
    violation: walker-use-after-free
    window: 0
    why: flush_tlb_kernel_range() hands the range to firmware as it is, and a fence by address need not drop copies of entries that led to tables; only where it interrupts harts does it flush all for so many pages
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
explore:
  cpus:
    - { name: hart 0, runs: mapper }
    - { name: hart 1 }
  mmu:
    regime: riscv
    root: kernel_pgd
    levels:
      - { level: 2, shift: 30, entries: 512 }
      - { level: 1, shift: 21, entries: 512 }
      - { level: 0, shift: 12, entries: 512 }
    tables:
      - { object: kernel_pgd, depth: 0, base: '0xffffff8000000000', entries: { 280: first_pmd, 281: second_pmd } }
      - { object: first_pmd, depth: 1, base: '0xffffffc600000000', entries: { 0: first_pte } }
      - { object: second_pmd, depth: 1, base: '0xffffffc640000000', entries: { 0: second_pte } }
      - { object: first_pte, depth: 2, base: '0xffffffc600000000' }
      - { object: second_pte, depth: 2, base: '0xffffffc640000000' }
  # Tables of this architecture count no entries.
  initial: { first_pte.@count: 1, second_pte.@count: 1, second_pmd.@count: 1, pgtable_l4_enabled: 0, pgtable_l5_enabled: 0, nr_cpu_ids: 2, '__cpu_online_mask.bits[0]': 3 }
---*/
/* History: riscv had no such functions of its own until large pages came to vmalloc (2022); the generic ones free nothing. */
#include <linux/mm.h>
#include <linux/vmalloc.h>

extern pud_t kernel_pgd[PTRS_PER_PGD];
extern pmd_t first_pmd[PTRS_PER_PMD], second_pmd[PTRS_PER_PMD];
extern pte_t first_pte[PTRS_PER_PTE], second_pte[PTRS_PER_PTE];

/* What vmap_try_huge_pmd() and vmap_try_huge_pud() do where tables were left behind. */
void mapper(void)
{
	pmd_free_pte_page(first_pmd, VMALLOC_START);
	pud_free_pmd_page(&kernel_pgd[281], VMALLOC_START + PUD_SIZE);
}
