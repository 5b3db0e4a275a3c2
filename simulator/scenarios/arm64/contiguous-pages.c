// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/contiguous-pages
arch: arm64
on: tree
about: Pages of a user that two groups of contiguous entries map; some of them are unmapped and freed, or made read-only, while another CPU runs the same user.
entries: [get_and_clear_full_ptes, clear_full_ptes, ptep_get_and_clear, wrprotect_ptes, contpte_set_ptes, __contpte_try_unfold]
files: [arch/arm64/mm/contpte.c, mm/mmu_gather.c]
lacking: [{ kernel: '6.1', why: 'contiguous entries for user pages came with 6.9' }]
axes:
  kpti: [false]
  FEAT_TLBIRANGE: [false]
  FEAT_TTL: [true]
  FEAT_BBM: [0, 2]
  only-protected: [false, true]
  one-page: [false, true]
  from-the-first: [false, true]
  returns-none: [false, true]
excludes:
  - { one-page: true, from-the-first: true }
  - { only-protected: true, returns-none: true }
explore:
  defines: { CONFIG_ARM64_CONT_PTE_SHIFT: 1 }
  cpus:
    - { name: CPU0, runs: owner }
    - { name: CPU1 }
  mmu:
    regime: arm64-stage1
    root: user_pmd
    contiguous: 2
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
    axes: { only-protected: null, one-page: null, from-the-first: null, returns-none: null }
    excludes: []
    explore:
      cpus: [{ name: CPU0, runs: folder }, { name: CPU1 }]
      # One folio of two pages, which PG_head says of the first.
      initial: { page_b.@folio: '&page_a', page_a._folio_nr_pages: 2, 'page_a.page[0].flags': 64 }
    measure: null
  - scenario: arm64/contiguous-dirty
    about: Pages of a user that contiguous entries map change their flags, are made read-only and taken away, or are made writable, while a thread writes to one of them and hardware makes the entry dirty.
    entries: [ptep_set_access_flags, ptep_test_and_clear_young, wrprotect_ptes, get_and_clear_full_ptes]
    axes: { hd: [true], faults: [false, true], only-protected: null, from-the-first: null, returns-none: null }
    excludes: []
    explore:
      cpus: [{ name: CPU0, runs: changer }, { name: CPU1, runs: writer }]
    measure: null
---*/
/* History: arm64/mm: Wire up PTE_CONT for user mappings (2024), and what flags of such entries took until they were right. */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlb.h>

extern u64 user_pte[PTRS_PER_PTE], page_a[PTRS_PER_PTE], page_b[PTRS_PER_PTE], page_c[PTRS_PER_PTE];

static struct mm_struct user_mm = { .context = { .id = { 0x10002 } } };
static struct vm_area_struct user_vma = { .vm_mm = &user_mm };
static spinlock_t ptl;
static int is_written, is_writable;

void owner(void)
{
#ifdef CONFIG_ARM64_CONTPTE
	struct mmu_gather gather, *tlb = &gather;
	unsigned long pfn = page_to_pfn(virt_to_page(page_a));
	unsigned int i, first = axis("from-the-first") ? 0 : 1, nr = axis("one-page") ? 1 : 3 - first;
	unsigned long addr = first * PAGE_SIZE;
	pte_t *ptep = (pte_t *)user_pte + first;

	spin_lock(&ptl);
	set_ptes(&user_mm, 0, (pte_t *)user_pte, pfn_pte(pfn, PAGE_SHARED), 2 * CONT_PTES);
	spin_unlock(&ptl);

	tlb_gather_mmu(tlb, &user_mm);
	tlb_start_vma(tlb, &user_vma);
	spin_lock(&ptl);
	if (axis("only-protected")) {
		wrprotect_ptes(&user_mm, addr, ptep, nr);
		tlb_flush_pte_range(tlb, addr, nr * PAGE_SIZE);
	} else {
		if (axis("returns-none"))
			clear_full_ptes(&user_mm, addr, ptep, nr, 0);
		else if (nr == 1)
			ptep_get_and_clear(&user_mm, addr, ptep);
		else
			get_and_clear_full_ptes(&user_mm, addr, ptep, nr, 0);
		tlb_remove_tlb_entries(tlb, ptep, nr, addr);
	}
	spin_unlock(&ptl);
	tlb_end_vma(tlb, &user_vma);
	tlb_finish_mmu(tlb);

	for (i = first; i < first + nr; i++) {
		if (axis("only-protected"))
			faultline_translation_gone(&user_pte[i]);
		else
			put_page(pfn_to_page(pfn + i));
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

static void fault_again(void)
{
	await_nonzero(&is_writable);
	/* What it had cached may have made it fault; the handler finds nothing to do, and returns. */
	flush_tlb_fix_spurious_fault(&user_vma, PAGE_SIZE, (pte_t *)user_pte + 1);
	isb();
	faultline_assert(try_touch_write(PAGE_SIZE));
}

void writer(void)
{
	if (axis("faults"))
		fault_again();
	/* Else a write that faults waits for the lock. */
	else if (try_touch_write(PAGE_SIZE))
		WRITE_ONCE(is_written, 1);
}

#ifdef CONFIG_ARM64_CONTPTE
static void make_writable(pte_t *first, unsigned long pfn)
{
	pte_t *second = first + 1;

	set_ptes(&user_mm, 0, first, pfn_pte(pfn, axis("one-page") ? PAGE_READONLY : PAGE_SHARED), CONT_PTES);
	ptep_set_access_flags(&user_vma, PAGE_SIZE, second, pte_mkdirty(pte_mkwrite_novma(ptep_get(second))), 1);
	smp_store_release(&is_writable, 1);
}
#endif

void changer(void)
{
#ifdef CONFIG_ARM64_CONTPTE
	pte_t pte, *ptep = (pte_t *)user_pte, *second = ptep + 1;
	unsigned long pfn = page_to_pfn(virt_to_page(page_a));

	spin_lock(&ptl);
	if (axis("faults")) {
		make_writable(ptep, pfn);
		return;
	}

	set_ptes(&user_mm, 0, ptep, pte_mkold(pfn_pte(pfn, PAGE_SHARED)), CONT_PTES);
	ptep_set_access_flags(&user_vma, PAGE_SIZE, second, pte_mkyoung(ptep_get(second)), 0);
	ptep_test_and_clear_young(&user_vma, PAGE_SIZE, second);
	if (axis("one-page")) {
		wrprotect_ptes(&user_mm, PAGE_SIZE, second, 1);
		pte = get_and_clear_full_ptes(&user_mm, PAGE_SIZE, second, 1, 0);
	} else {
		wrprotect_ptes(&user_mm, 0, ptep, CONT_PTES);
		pte = get_and_clear_full_ptes(&user_mm, 0, ptep, CONT_PTES, 0);
	}
	/* Whoever takes a page for clean does not write it back. */
	if (READ_ONCE(is_written))
		faultline_assert(pte_dirty(pte));
	spin_unlock(&ptl);
#endif
}
