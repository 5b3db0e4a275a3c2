// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/late-completion
arch: arm64
on: tree
about: Reclaim sends the invalidations of two pages as it unmaps them and waits for all of them at the end; meanwhile a thread finds a page gone and relies on that, while a CPU runs the process.
entries: [arch_tlbbatch_add_pending, arch_tlbbatch_flush, arch_flush_tlb_batched_pending]
files: [arch/arm64/mm/mmu.c]
lacking: [{ kernel: '6.1', why: 'arm64 puts no flush off before 6.7' }]
axes:
  kpti: [false, true]
  FEAT_TTL: [false]
explore:
  cpus:
    - { name: CPU0, runs: reclaimer }
    - { name: CPU1, runs: unmapper }
    - { name: CPU2 }
  mmu:
    regime: arm64-stage1
    root: user_pmd
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: user_pmd, depth: 0, base: 0, entries: { 0: user_pte } }
      - { object: user_pte, depth: 1, base: 0, entries: { 0: page_a, 1: page_b } }
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlbflush.h>

extern u64 user_pte[PTRS_PER_PTE], page_a[PTRS_PER_PTE], page_b[PTRS_PER_PTE];

#ifdef CONFIG_ARCH_WANT_BATCHED_UNMAP_TLB_FLUSH

static struct mm_struct user_mm = { .context = { .id = { 0x10002 } } };
static struct arch_tlbflush_unmap_batch batch;
static spinlock_t ptl;

static void unmap(unsigned long addr)
{
	ptep_get_and_clear(&user_mm, addr, (pte_t *)user_pte + pte_index(addr));
	arch_tlbbatch_add_pending(&batch, &user_mm, addr);
}

void reclaimer(void)
{
	spin_lock(&ptl);
	unmap(0);
	unmap(PAGE_SIZE);
	spin_unlock(&ptl);

	arch_tlbbatch_flush(&batch);
	put_page(virt_to_page(page_a));
	put_page(virt_to_page(page_b));
}

/* What munmap() and mprotect() do first, where reclaim has put flushes of the process off. */
void unmapper(void)
{
	bool gone;

	spin_lock(&ptl);
	arch_flush_tlb_batched_pending(&user_mm);
	gone = pte_none(ptep_get((pte_t *)user_pte));
	spin_unlock(&ptl);
	if (gone)
		faultline_translation_gone(&user_pte[0]);
}

#else

void reclaimer(void)
{
}

void unmapper(void)
{
}

#endif
