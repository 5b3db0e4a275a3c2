// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/gather-tables
arch: riscv
about: A page of a process, its table and the table above are unmapped in one gather and freed, while another thread of the process runs on another hart.
entries: [tlb_finish_mmu, tlb_flush, __pte_free_tlb, __pmd_free_tlb]
files: [mm/mmu_gather.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/context.c, arch/riscv/mm/init.c]
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
  asids: [false, true]
explore:
  defines: { NR_CPUS: 2, PTRS_PER_PTE: 2, PTRS_PER_PMD: 2, PTRS_PER_PGD: 2 }
  cpus:
    - { name: hart 0, runs: unmapper }
    - { name: hart 1 }
  mmu:
    regime: riscv
    root: user_pgd
    levels:
      - { level: 2, shift: 30, entries: 2 }
      - { level: 1, shift: 21, entries: 2 }
      - { level: 0, shift: 12, entries: 2 }
    tables:
      - { object: user_pgd, depth: 0, base: 0, entries: [user_pmd] }
      - { object: user_pmd, depth: 1, base: 0, entries: [user_pte] }
      - { object: user_pte, depth: 2, base: 0, entries: [page_a] }
  pool: [batch]
  # Tables of this architecture count no entries.
  initial: { user_pte.@count: 1, user_pmd.@count: 1, 'user_mm.cpu_bitmap.bits[0]': 3, nr_cpu_ids: 2 }
measure:
  what: a page and the two tables above it unmapped and freed
further:
  - scenario: riscv/gather-table
    variantOf: riscv/gather-tables
    about: A page of a process and its table are unmapped in one gather and freed, while another thread of the process runs on another hart; the tables above stay.
    entries: [tlb_finish_mmu, tlb_flush, __pte_free_tlb]
    explore:
      cpus: [{ name: hart 0, runs: unmapper_of_table }, { name: hart 1 }]
      mmu:
        root: user_pmd
        levels:
          - { level: 1, shift: 21, entries: 2 }
          - { level: 0, shift: 12, entries: 2 }
        tables:
          - { object: user_pmd, depth: 0, base: 0, entries: [user_pte] }
          - { object: user_pte, depth: 1, base: 0, entries: [page_a] }
      initial: { user_pmd.@count: null }
    measure: null
  - scenario: riscv/gather-tables-wide
    variantOf: riscv/gather-tables
    about: All that a table of tables maps is unmapped in one gather and freed, more than it pays to flush page by page, while another thread of the process runs on another hart.
    entries: [tlb_finish_mmu, tlb_flush, __pmd_free_tlb]
    axes: { asids: [false] }
    explore: { cpus: [{ name: hart 0, runs: unmapper_of_all }, { name: hart 1 }] }
    measure: null
---*/
#include <linux/types.h>
#include <linux/mm.h>
#include <asm/pgalloc.h>

extern pgd_t user_pgd[PTRS_PER_PGD];
extern pmd_t user_pmd[PTRS_PER_PMD];
extern pte_t user_pte[PTRS_PER_PTE];
extern char page_a[PAGE_SIZE];

static struct mm_struct user_mm;
static struct mmu_gather gather;

static void unmap(struct mmu_gather *tlb)
{
	/* Until 5.11 a gather was told its range twice. */
	tlb_gather_mmu(tlb, &user_mm, 0, PGDIR_SIZE);
	pte_clear(&user_mm, 0, user_pte);
	tlb_remove_tlb_entry(tlb, user_pte, 0);
}

static void free_table(struct mmu_gather *tlb)
{
	tlb_remove_page(tlb, virt_to_page(page_a));
	pmd_clear(user_pmd);
	pte_free_tlb(tlb, virt_to_page(user_pte), 0);
}

static void free_table_above(struct mmu_gather *tlb)
{
	pgd_clear(user_pgd);
	pmd_free_tlb(tlb, user_pmd, 0);
}

static void finish(struct mmu_gather *tlb)
{
	tlb_finish_mmu(tlb, 0, PGDIR_SIZE);
	put_page(virt_to_page(page_a));
}

void unmapper(void)
{
	unmap(&gather);
	free_table(&gather);
	free_table_above(&gather);
	finish(&gather);
}

void unmapper_of_table(void)
{
	unmap(&gather);
	free_table(&gather);
	finish(&gather);
}

void unmapper_of_all(void)
{
	unmap(&gather);
	/* There was something at both ends; the first page stands for all. */
	tlb_remove_tlb_entry(&gather, user_pte, PMD_SIZE - PAGE_SIZE);
	free_table(&gather);
	free_table_above(&gather);
	finish(&gather);
}
