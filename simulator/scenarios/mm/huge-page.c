// SPDX-License-Identifier: Apache-2.0
/*---
scenario: mm/huge-page
arch: arm64
on: tree
about: A huge page of a process is unmapped and freed, or moved, or made read-only, or split, while another CPU runs the same process; or small pages leave their table, to make a huge one.
entries: [zap_huge_pmd, move_huge_pmd, change_huge_pmd, pmdp_invalidate, pmdp_collapse_flush]
files: [mm/huge_memory.c, mm/mmu_gather.c, mm/pgtable-generic.c]
axes:
  kpti: [false]
  FEAT_TLBIRANGE: [false]
  FEAT_TTL: [true]
  by-mremap: [false, true]
  by-mprotect: [false, true]
  by-split: [false, true]
  by-collapse: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: changer }
    - { name: CPU1 }
  mmu:
    regime: arm64-stage1
    root: user_pmd
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: user_pmd, depth: 0, base: 0, entries: { 1: huge, 3: small_pte } }
      - { object: spare_pte, depth: 1, base: '0x200000' }
      - { object: small_pte, depth: 1, base: '0x600000', entries: { 1: page_b } }
  initial:
    user_vma.vm_mm: '&user_mm'
    user_vma.vm_start: 0x200000
    user_vma.vm_end: 0x400000
    user_vma.vm_flags: 0
    huge.@count: 1
    page_b.@count: 1
    __icache_flags: 0
---*/
/* History: thp: fix MADV_DONTNEED vs. numa balancing race (2017); mremap() of huge pages, whose flush came after the lock was dropped (2018). */
#include <linux/mm.h>
#include <linux/huge_mm.h>
#include <asm/pgalloc.h>
#include <asm/tlb.h>

#define OLD 0x200000UL
#define NEW 0x400000UL

#define SMALL 0x600000UL

extern pmd_t user_pmd[PTRS_PER_PMD];
extern unsigned long spare_pte[PTRS_PER_PTE], page_b[PTRS_PER_PTE];

static struct mm_struct user_mm = { .context = { .id = { 0x10001 } } };
static struct vm_area_struct user_vma;
static struct mmu_gather gather;

static void protect(pmd_t *pmd)
{
	pgprot_t readonly = __pgprot(PTE_AF | PTE_SHARED | PTE_NG | PTE_USER | PTE_RDONLY | PTE_PXN | PTE_UXN);

	tlb_gather_mmu(&gather, &user_mm);
	change_huge_pmd(&gather, &user_vma, pmd, OLD, readonly, 0);
	tlb_finish_mmu(&gather);
	faultline_translation_gone(pmd);
}

static void unmap(pmd_t *pmd)
{
	tlb_gather_mmu(&gather, &user_mm);
	zap_huge_pmd(&gather, &user_vma, pmd, OLD);
	tlb_finish_mmu(&gather);
}

void changer(void)
{
	pmd_t *pmd = user_pmd + pmd_index(OLD);

	if (axis(by-mremap)) {
		move_huge_pmd(&user_vma, OLD, NEW, pmd, user_pmd + pmd_index(NEW));
		faultline_translation_gone(pmd);
	} else if (axis(by-split)) {
		/* As __split_huge_pmd_locked() does it; what the small entries hold does not matter here. */
		pmdp_invalidate(&user_vma, OLD, pmd);
		pmd_populate(&user_mm, pmd, virt_to_page(spare_pte));
	} else if (axis(by-collapse)) {
		pmdp_collapse_flush(&user_vma, SMALL, user_pmd + pmd_index(SMALL));
		/* Its contents are in the huge page by now. */
		put_page(virt_to_page(page_b));
	} else if (axis(by-mprotect)) {
		protect(pmd);
	} else {
		unmap(pmd);
	}
}
