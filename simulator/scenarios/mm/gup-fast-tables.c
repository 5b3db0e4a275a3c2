// SPDX-License-Identifier: Apache-2.0
/*---
scenario: mm/gup-fast-tables
arch: arm64
on: tree
about: A thread frees the tables of a range that it has unmapped, while another looks for a page there without a lock, by walking the tables in software.
entries: [free_pgd_range, tlb_finish_mmu, tlb_remove_table]
files: [mm/gup.c, mm/memory.c, mm/mmu_gather.c]
axes:
  kpti: [false]
  FEAT_TLBIRANGE: [false]
  FEAT_TTL: [false]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, runs: pinner }
  mmu:
    regime: arm64-stage1
    root: user_pgd
    levels:
      - { level: 0, shift: 39, entries: 512 }
      - { level: 1, shift: 30, entries: 512 }
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: user_pgd, depth: 0, base: 0, entries: { 0: user_pud } }
      - { object: user_pud, depth: 1, base: 0, entries: { 0: user_pmd } }
      - { object: user_pmd, depth: 2, base: 0, entries: { 1: user_pte } }
      - { object: user_pte, depth: 3, base: '0x200000' }
  pages: [swapper_pg_dir]
  pool: [batch]
  # Tables of this architecture count no entries.
  initial: { user_pte.@count: 1, user_pmd.@count: 1, user_mm.pgd: '&user_pgd', task1.mm: '&user_mm' }
further:
  - scenario: mm/gup-fast-no-memory
    variantOf: mm/gup-fast-tables
    about: A thread frees the tables of a range that it has unmapped, while another looks for a page there without a lock, by walking the tables in software; there is no memory to collect tables in.
    entries: [free_pgd_range, tlb_finish_mmu, tlb_remove_table_sync_one]
    explore: { cpus: [{ name: CPU0, runs: unmapper_without_memory }, { name: CPU1, runs: pinner }], pool: [spare] }
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlb.h>

#define START 0x200000UL

/* Until 6.2 the flags of get_user_pages() were macros, and the function had another name. */
#ifdef FOLL_WRITE
#define gup_fast lockless_pages_from_mm
#endif

unsigned long gup_fast(unsigned long start, unsigned long end, unsigned int gup_flags, struct page **pages);
void free_pgd_range(struct mmu_gather *tlb, unsigned long addr, unsigned long end, unsigned long floor, unsigned long ceiling);

static struct mm_struct user_mm = { .context = { .id = { 0x10001 } } };
static struct mmu_gather gather;
static struct page *pinned[1];

void unmapper(void)
{
	tlb_gather_mmu(&gather, &user_mm);
	free_pgd_range(&gather, START, START + PMD_SIZE, 0, PUD_SIZE);
	tlb_finish_mmu(&gather);
}

void unmapper_without_memory(void)
{
	struct page *last = alloc_page(GFP_KERNEL);

	unmapper();
	put_page(last);
}

void pinner(void)
{
	gup_fast(START, START + PAGE_SIZE, FOLL_GET, pinned);
}
