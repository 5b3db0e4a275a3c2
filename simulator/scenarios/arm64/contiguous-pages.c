// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/contiguous-pages
arch: arm64
on: tree
about: Pages of a user that contiguous entries map; some of them are unmapped and freed, or made read-only, while another CPU runs the same user.
entries: [get_and_clear_full_ptes, wrprotect_ptes, contpte_set_ptes, __contpte_try_unfold]
files: [arch/arm64/mm/contpte.c, mm/mmu_gather.c]
lacking: [{ kernel: '6.1', why: 'contiguous entries for user pages came with 6.9' }]
axes:
  kpti: [false]
  FEAT_TLBIRANGE: [false]
  FEAT_TTL: [false, true]
  only-protected: [false, true]
  one-page: [false, true]
explore:
  defines: { CONFIG_ARM64_CONT_PTE_SHIFT: 2 }
  cpus:
    - { name: CPU0, runs: owner }
    - { name: CPU1 }
  mmu:
    regime: arm64-stage1
    root: user_pmd
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: user_pmd, depth: 0, base: 0, entries: { 0: user_pte } }
      - { object: user_pte, depth: 1, base: 0 }
  pages: [before_a, before_b, page_a, page_b, page_c, page_d]
measure: { what: 'part of a group of contiguous entries unmapped' }
further:
  - scenario: arm64/contiguous-fold
    about: Pages of a user are mapped one by one, so that the last one makes their entries contiguous; then one entry is set anew, while another CPU runs the same user.
    entries: [set_ptes, __contpte_try_fold]
    axes: { FEAT_TTL: [true], only-protected: null, one-page: null }
    explore:
      defines: { CONFIG_ARM64_CONT_PTE_SHIFT: 1 }
      cpus: [{ name: CPU0, runs: folder }, { name: CPU1 }]
      # One folio of two pages, which PG_head says of the first.
      initial: { page_b.@folio: '&page_a', page_a._folio_nr_pages: 2, 'page_a.page[0].flags': 64 }
    measure: null
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlb.h>

extern u64 user_pte[PTRS_PER_PTE], page_a[PTRS_PER_PTE], page_b[PTRS_PER_PTE], page_c[PTRS_PER_PTE];

static struct mm_struct user_mm = { .context = { .id = { 0x10002 } } };
static struct vm_area_struct user_vma = { .vm_mm = &user_mm };
static spinlock_t ptl;

void owner(void)
{
#ifdef CONFIG_ARM64_CONTPTE
	struct mmu_gather gather, *tlb = &gather;
	pte_t *ptep = (pte_t *)user_pte;
	unsigned long pfn = page_to_pfn(virt_to_page(page_a));
	unsigned int nr = axis("one-page") ? 1 : 2;

	spin_lock(&ptl);
	set_ptes(&user_mm, 0, ptep, pfn_pte(pfn, PAGE_SHARED), CONT_PTES);
	spin_unlock(&ptl);

	tlb_gather_mmu(tlb, &user_mm);
	tlb_start_vma(tlb, &user_vma);
	spin_lock(&ptl);
	if (axis("only-protected")) {
		wrprotect_ptes(&user_mm, PAGE_SIZE, ptep + 1, nr);
		tlb_flush_pte_range(tlb, PAGE_SIZE, nr * PAGE_SIZE);
	} else {
		get_and_clear_full_ptes(&user_mm, PAGE_SIZE, ptep + 1, nr, 0);
		tlb_remove_tlb_entries(tlb, ptep + 1, nr, PAGE_SIZE);
	}
	spin_unlock(&ptl);
	tlb_end_vma(tlb, &user_vma);
	tlb_finish_mmu(tlb);

	if (axis("only-protected")) {
		faultline_translation_gone(&user_pte[1]);
		if (nr == 2)
			faultline_translation_gone(&user_pte[2]);
	} else {
		put_page(virt_to_page(page_b));
		if (nr == 2)
			put_page(virt_to_page(page_c));
	}
#endif
}

/* As faults around an address do, and then one that finds an entry there. */
void folder(void)
{
#ifdef CONFIG_ARM64_CONTPTE
	pte_t *ptep = (pte_t *)user_pte;
	unsigned long pfn = page_to_pfn(virt_to_page(page_a));
	unsigned int i;

	spin_lock(&ptl);
	for (i = 0; i < CONT_PTES; i++)
		set_ptes(&user_mm, i * PAGE_SIZE, ptep + i, pfn_pte(pfn + i, PAGE_SHARED), 1);
	set_ptes(&user_mm, 0, ptep, pte_mkdirty(ptep_get(ptep)), 1);
	spin_unlock(&ptl);
#endif
}
