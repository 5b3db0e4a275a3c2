// SPDX-License-Identifier: Apache-2.0
/*---
scenario: mm/batched-unmap
arch: x86
on: tree
about: Reclaim takes a page of a process out of its tables, flushes it, at once or later, and frees it; meanwhile a thread unmaps it, too, or moves or protects it, and relies on no CPU using it once that is done.
entries: [try_to_unmap_one, try_to_unmap_flush, flush_tlb_batched_pending, arch_tlbbatch_flush]
files: [mm/rmap.c, mm/page_vma_mapped.c, mm/memory.c, mm/mprotect.c, mm/mremap.c, mm/mmu_gather.c, arch/x86/mm/tlb.c]
axes:
  pcid: [true]
  at-once: [false, true]
  by-mprotect: [false, true]
  by-mremap: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: reclaimer, elsewhere: true }
    - { name: CPU1, runs: unmapper }
  mmu:
    regime: x86
    root: pgd_table
    levels:
      - { level: 4, shift: 39, entries: 512 }
      - { level: 3, shift: 30, entries: 512 }
      - { level: 2, shift: 21, entries: 512 }
      - { level: 1, shift: 12, entries: 512 }
    tables:
      - { object: pgd_table, depth: 0, base: 0, entries: { 0: pud_table } }
      - { object: pud_table, depth: 1, base: 0, entries: { 0: pmd_table } }
      - { object: pmd_table, depth: 2, base: 0, entries: { 2: pte_table, 3: new_table } }
      - { object: pte_table, depth: 3, base: '0x400000', entries: { 0: page_a } }
      - { object: new_table, depth: 3, base: '0x600000' }
  initial:
    user_vma.vm_mm: '&user_mm'
    user_vma.vm_start: 0x400000
    user_vma.vm_end: 0x401000
    user_vma.vm_pgoff: 0x400
    user_vma.vm_flags: 0
    user_mm.pgd: '&pgd_table'
    user_mm.context.ctx_id: 2
    user_mm.context.tlb_gen: 1
    user_mm.cpu_bitmap.bits[0]: 2
    user_mm.context.next_trim_cpumask: 1
    user_mm.tlb_flush_batched: 0
    cpu_tlbstate[0].loaded_mm: '&init_mm'
    cpu_tlbstate[1].loaded_mm: '&user_mm'
    cpu_tlbstate[1].ctxs[0].ctx_id: 2
    cpu_tlbstate[1].ctxs[0].tlb_gen: 1
    page_a.@count: 2
    pgdir_shift: 39
    ptrs_per_p4d: 1
    __supported_pte_mask: -1
    highest_memmap_pfn: 0x1000000
    jiffies: 0
    nr_cpu_ids: 2
further:
  - scenario: mm/unmap-dirty
    about: A dirty page of a file is unmapped, while writeback looks whether it is mapped, makes it read-only where it is, and relies on nobody writing to it unseen from then on.
    entries: [unmap_page_range, tlb_flush_rmaps, page_mkclean_one]
    axes: { at-once: null, by-mprotect: null, by-mremap: null, mapping-counts: [true] }
    known:
      - kernel: '6.1'
        violation: stale-translation
        window: 0
        why: the page stops being mapped before the flush, so that writeback takes it for clean; 6.2 put that off (mm, delay page_remove_rmap() until after the TLB has been flushed)
    explore:
      cpus: [{ name: CPU0, runs: writeback, elsewhere: true }, { name: CPU1, runs: dirty_unmapper }]
      initial: { page_a._mapcount: 0 }
---*/
#include <linux/mm.h>
#include <linux/rmap.h>
#include <asm/tlb.h>

#define START 0x400000UL
#define NEW 0x600000UL

bool try_to_unmap_one(struct folio *folio, struct vm_area_struct *vma, unsigned long address, void *arg);
void try_to_unmap_flush(void);
bool page_mkclean_one(struct folio *folio, struct vm_area_struct *vma, unsigned long address, void *arg);
void unmap_page_range(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long addr, unsigned long end, struct zap_details *details);
long change_pte_range(struct mmu_gather *tlb, struct vm_area_struct *vma, pmd_t *pmd, unsigned long addr, unsigned long end,
		      pgprot_t newprot, unsigned long cp_flags);
int move_ptes(struct vm_area_struct *vma, pmd_t *old_pmd, unsigned long old_addr, unsigned long old_end, struct vm_area_struct *new_vma,
	      pmd_t *new_pmd, unsigned long new_addr, bool need_rmap_locks);

extern pmd_t pmd_table[PTRS_PER_PMD];
extern pte_t pte_table[PTRS_PER_PTE];
extern unsigned long page_a[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma;
static struct mmu_gather gather;

/* It has a reference of its own to the page. */
void reclaimer(void)
{
	struct folio *folio = (struct folio *)virt_to_page(page_a);

	if (axis(at-once)) {
		/* Whoever does not ask for batches flushes nothing afterwards. */
		try_to_unmap_one(folio, &user_vma, START, NULL);
	} else {
		try_to_unmap_one(folio, &user_vma, START, (void *)TTU_BATCH_FLUSH);
		try_to_unmap_flush();
	}
	put_page(virt_to_page(page_a));
}

static void protect(pmd_t *pmd)
{
	bool mapped = pte_present(ptep_get(pte_table));
	spinlock_t *ptl = pte_lockptr(&user_mm, pmd);
	/* All that the entry has at first, but for the right to write. */
	pgprot_t readonly = __pgprot(_PAGE_PRESENT | _PAGE_ACCESSED);

	tlb_gather_mmu(&gather, &user_mm);
	change_pte_range(&gather, &user_vma, pmd, START, START + PAGE_SIZE, readonly, 0);
	tlb_finish_mmu(&gather);

	/* What reclaim clears only now it still has to flush. */
	spin_lock(ptl);
	if (!mapped || pte_present(ptep_get(pte_table)))
		faultline_translation_gone(&pte_table[0]);
	spin_unlock(ptl);
}

/* As clear_page_dirty_for_io() and folio_mkclean() do it; the page is mapped here alone. */
void writeback(void)
{
	struct page *page = virt_to_page(&page_a);
	spinlock_t *ptl = pte_lockptr(&user_mm, pmd_table + pmd_index(START));
	int cleaned = 0;

	/* Whoever dirtied a page that nobody maps any more has told so. */
	if (atomic_read(&page->_mapcount) < 0) {
		faultline_translation_gone(&pte_table[0]);
		return;
	}
	page_mkclean_one((struct folio *)page, &user_vma, START, &cleaned);

	/* What goes on to be mapped, read-only, may go without a flush later. */
	spin_lock(ptl);
	if (!cleaned || pte_present(ptep_get(pte_table)))
		faultline_translation_gone(&pte_table[0]);
	faultline_assert((pte_val(ptep_get(pte_table)) & _PAGE_RW) == 0);
	spin_unlock(ptl);
}

void dirty_unmapper(void)
{
	tlb_gather_mmu(&gather, &user_mm);
	unmap_page_range(&gather, &user_vma, START, START + PAGE_SIZE, NULL);
	tlb_finish_mmu(&gather);
}

/* Whoever cleared the entry: once munmap(), mremap() or mprotect() has returned, nobody uses what stood there. */
void unmapper(void)
{
	pmd_t *pmd = pmd_table + pmd_index(START);

	if (axis(at-once))
		return;
	if (axis(by-mprotect)) {
		protect(pmd);
		return;
	}
	if (axis(by-mremap)) {
		move_ptes(&user_vma, pmd, START, START + PAGE_SIZE, &user_vma, pmd_table + pmd_index(NEW), NEW, false);
	} else {
		tlb_gather_mmu(&gather, &user_mm);
		unmap_page_range(&gather, &user_vma, START, START + PAGE_SIZE, NULL);
		tlb_finish_mmu(&gather);
	}
	faultline_translation_gone(&pte_table[0]);
}
