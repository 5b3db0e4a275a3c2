// SPDX-License-Identifier: Apache-2.0
/*---
scenario: mm/gup-fast-page
arch: arm64
on: tree
about: A thread takes a reference to a page that it finds without a lock, while another takes the page, or the table that it stands in, out of the tables and looks whether anybody else has a reference.
entries: [gup_fast, ptep_clear_flush, pmdp_collapse_flush]
files: [mm/gup.c, mm/pgtable-generic.c]
axes:
  kpti: [false]
  FEAT_TLBIRANGE: [false]
  FEAT_TTL: [false]
  by-collapse: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: taker }
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
      - { object: user_pte, depth: 3, base: '0x200000', entries: { 0: page_a } }
  pages: [swapper_pg_dir]
  initial:
    user_mm.pgd: '&user_pgd'
    task1.mm: '&user_mm'
    user_vma.vm_mm: '&user_mm'
    page_a.@count: 1
    # Anonymous: its lowest bit says so.
    page_a.mapping: 1
---*/
/* History: mm: gup: fix the fast GUP race against THP collapse (2022): what was walked is read again once the reference is held. */
#include <linux/mm.h>
#include <linux/pgtable.h>

#define START 0x200000UL

/* Until 6.2 the flags of get_user_pages() were macros, and the function had another name. */
#ifdef FOLL_WRITE
#define gup_fast lockless_pages_from_mm
#endif

unsigned long gup_fast(unsigned long start, unsigned long end, unsigned int gup_flags, struct page **pages);

extern u64 user_pmd[PTRS_PER_PMD], user_pte[PTRS_PER_PTE], page_a[PTRS_PER_PTE];

static struct mm_struct user_mm = { .context = { .id = { 0x10001 } } };
static struct vm_area_struct user_vma;
static struct page *pinned[1];
static int alone;

/* As KSM, migration and khugepaged do: with no reference but its own, nobody else can come to the page any more, and it may go. */
void taker(void)
{
	if (axis(by-collapse))
		pmdp_collapse_flush(&user_vma, START, (pmd_t *)user_pmd + pmd_index(START));
	else
		ptep_clear_flush(&user_vma, START, (pte_t *)user_pte);
	if (page_count(virt_to_page(page_a)) == 1) {
		WRITE_ONCE(alone, 1);
		put_page(virt_to_page(page_a));
	}
}

void pinner(void)
{
	if (gup_fast(START, START + PAGE_SIZE, FOLL_GET, pinned))
		faultline_assert(!READ_ONCE(alone));
}
