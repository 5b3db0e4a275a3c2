// SPDX-License-Identifier: Apache-2.0
/*---
scenario: mm/concurrent-unmap
arch: arm64
on: tree
about: Two threads of a process unmap the same page at a time; whichever finds it gone already relies on no CPU using it any more once its own unmap is done.
entries: [unmap_page_range, tlb_finish_mmu]
files: [mm/memory.c, mm/mmu_gather.c]
axes:
  kpti: [false]
  FEAT_TLBIRANGE: [false]
  FEAT_TTL: [false, true]
  mapping-counts: [true]
explore:
  cpus:
    - { name: CPU0, runs: first }
    - { name: CPU1, runs: second }
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
      - { object: user_pmd, depth: 2, base: 0, entries: { 2: user_pte } }
      - { object: user_pte, depth: 3, base: '0x400000', entries: { 0: page_a } }
  initial:
    user_vma.vm_mm: '&user_mm'
    user_vma.vm_start: 0x400000
    user_vma.vm_end: 0x401000
    user_vma.vm_flags: 0
    user_mm.pgd: '&user_pgd'
    page_a.@count: 1
    page_a._mapcount: 0
    highest_memmap_pfn: 0x1000000
---*/
/* History: mm: fix MADV_[FREE|DONTNEED] TLB flush miss problem (2017): the second of two found nothing to flush, and told its caller so. */
#include <linux/mm.h>
#include <asm/tlb.h>

#define START 0x400000UL

void unmap_page_range(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long addr, unsigned long end, struct zap_details *details);

extern u64 user_pte[PTRS_PER_PTE];

static struct mm_struct user_mm = { .context = { .id = { 0x10002 } } };
static struct vm_area_struct user_vma;
static struct mmu_gather one, other;

void first(void)
{
	tlb_gather_mmu(&one, &user_mm);
	unmap_page_range(&one, &user_vma, START, START + PAGE_SIZE, NULL);
	tlb_finish_mmu(&one);
}

void second(void)
{
	tlb_gather_mmu(&other, &user_mm);
	unmap_page_range(&other, &user_vma, START, START + PAGE_SIZE, NULL);
	tlb_finish_mmu(&other);
	faultline_translation_gone(&user_pte[0]);
}
