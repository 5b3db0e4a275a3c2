// SPDX-License-Identifier: Apache-2.0
/*---
scenario: s390/free-tables
arch: s390
on: tree
about: A table of a process is freed after its range was unmapped, while another thread looks for a page there without a lock, by walking the tables in software.
entries: [tlb_remove_ptdesc]
files: [mm/gup.c, mm/memory.c, mm/mmu_gather.c, arch/s390/mm/pgalloc.c]
lacking:
  - { kernel: '6.1', why: 'page tables are halves of pages there, which the scenario does not set up' }
axes:
  user-tables: [true]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, runs: pinner }
  mmu:
    regime: s390
    root: pmd_table
    levels:
      - { level: 1, shift: 20, entries: 2048 }
      - { level: 0, shift: 12, entries: 256 }
    tables:
      - { object: pmd_table, depth: 0, base: 0, entries: { 1: pte_table } }
      - { object: pte_table, depth: 1, base: '0x100000' }
  pool: [batch]
  initial:
    user_mm.pgd: '&pmd_table'
    # A process of two levels: entries of these tables have no type.
    user_mm.cpu_bitmap.bits[0]: 3
    user_mm.context.cpu_attach_mask.bits[0]: 3
    user_mm.context.asce_limit: 0x80000000
    task1.mm: '&user_mm'
    nr_cpu_ids: 2
---*/
#include <linux/mm.h>
#include <asm/tlb.h>

#define START 0x100000UL

/* Until 6.2 the flags of get_user_pages() were macros, and the function had another name. */
#ifdef FOLL_WRITE
#define gup_fast lockless_pages_from_mm
#endif

unsigned long gup_fast(unsigned long start, unsigned long end, unsigned int gup_flags, struct page **pages);
void free_pgd_range(struct mmu_gather *tlb, unsigned long addr, unsigned long end, unsigned long floor, unsigned long ceiling);

extern pgd_t pmd_table[2048];
extern pte_t pte_table[256];

static struct mm_struct user_mm;
static struct mmu_gather gather;
static struct page *pinned[1];

void unmapper(void)
{
	user_mm.context.asce = __pa(pmd_table);
	tlb_gather_mmu(&gather, &user_mm);
	/* Whatever page stood there is unmapped. */
	pte_clear(&user_mm, START, pte_table);
	free_pgd_range(&gather, START, START + PMD_SIZE, START, START + PMD_SIZE);
	tlb_finish_mmu(&gather);
}

void pinner(void)
{
	gup_fast(START, START + PAGE_SIZE, FOLL_GET, pinned);
}
