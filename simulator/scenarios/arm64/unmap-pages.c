// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/unmap-pages
arch: arm64
on: tree
about: Two pages of a user, or a block besides, are unmapped in one gather and freed, while another CPU runs the same user or has run it; their table stays.
entries: [tlb_finish_mmu, tlb_flush, __flush_tlb_range]
files: [mm/mmu_gather.c]
axes:
  kpti: [false, true]
  FEAT_TLBIRANGE: [false, true]
  FEAT_TTL: [false, true]
  and-a-block: [false, true]
excludes:
  - { kpti: true, and-a-block: true }
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1 }
  mmu:
    regime: arm64-stage1
    root: user_pmd
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: user_pmd, depth: 0, base: 0, entries: { 0: user_pte, 1: huge_page } }
      - { object: user_pte, depth: 1, base: 0, entries: { 0: page_a, 1: page_b } }
  # One thread: it may have run on the other CPU before.
  initial: { user_mm.mm_users: 1 }
measure: { what: 'two pages of a user unmapped in one gather' }
further:
  - scenario: arm64/unmap-tables-no-memory
    variantOf: arm64/unmap-pages
    about: Two pages of a user and the table that mapped them are unmapped in one gather and freed, while another CPU runs the same user; there is no memory to collect tables in.
    entries: [tlb_finish_mmu, tlb_flush, __flush_tlb_range, tlb_remove_table]
    axes: { and-a-block: [false] }
    explore:
      cpus: [{ name: CPU0, runs: unmapper_of_table }, { name: CPU1 }]
      pool: [spare]
      # Tables of this architecture count no entries.
      initial: { user_pte.@count: 1 }
    measure: null
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlb.h>

extern u64 user_pmd[PTRS_PER_PTE], user_pte[PTRS_PER_PTE], page_a[PTRS_PER_PTE], page_b[PTRS_PER_PTE], huge_page[PTRS_PER_PTE];

static struct mm_struct user_mm = { .context = { .id = { 0x10002 } } };
static struct vm_area_struct user_vma = { .vm_mm = &user_mm };
static spinlock_t ptl;

static void zap(struct mmu_gather *tlb, unsigned long addr)
{
	pte_t *ptep = (pte_t *)user_pte + pte_index(addr);

	ptep_get_and_clear(&user_mm, addr, ptep);
	tlb_remove_tlb_entry(tlb, ptep, addr);
}

static void zap_both(struct mmu_gather *tlb)
{
	tlb_gather_mmu(tlb, &user_mm);
	tlb_start_vma(tlb, &user_vma);
	spin_lock(&ptl);
	zap(tlb, 0);
	zap(tlb, PAGE_SIZE);
	if (axis("and-a-block")) {
		pmdp_huge_get_and_clear(&user_mm, PMD_SIZE, (pmd_t *)user_pmd + 1);
		tlb_remove_pmd_tlb_entry(tlb, (pmd_t *)user_pmd + 1, PMD_SIZE);
	}
	spin_unlock(&ptl);
	tlb_end_vma(tlb, &user_vma);
}

static void give_back(void)
{
	put_page(virt_to_page(page_a));
	put_page(virt_to_page(page_b));
	if (axis("and-a-block"))
		put_page(virt_to_page(huge_page));
}

void unmapper(void)
{
	struct mmu_gather gather;

	zap_both(&gather);
	tlb_finish_mmu(&gather);
	give_back();
}

void unmapper_of_table(void)
{
	struct page *last = alloc_page(GFP_KERNEL);
	struct mmu_gather gather, *tlb = &gather;

	zap_both(tlb);
	pmd_clear((pmd_t *)user_pmd);
	pte_free_tlb(tlb, (pgtable_t)user_pte, 0);
	tlb_finish_mmu(tlb);
	give_back();
	put_page(last);
}
