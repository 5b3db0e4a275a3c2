// SPDX-License-Identifier: Apache-2.0
/*---
scenario: mm/write-protect
arch: arm64
on: tree
about: Two pages of a process are made read-only in one gather, and whoever did it relies on no write getting through, while another CPU runs the same process.
entries: [change_pte_range, tlb_finish_mmu]
files: [mm/mprotect.c, mm/mmu_gather.c]
axes:
  kpti: [false]
  FEAT_TLBIRANGE: [false, true]
  FEAT_TTL: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: protector }
    - { name: CPU1 }
  mmu:
    regime: arm64-stage1
    root: user_pmd
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: user_pmd, depth: 0, base: 0, entries: { 1: user_pte } }
      - { object: user_pte, depth: 1, base: '0x200000', entries: { 0: page_a, 1: page_b } }
  initial:
    user_vma.vm_mm: '&user_mm'
    user_vma.vm_start: 0x200000
    user_vma.vm_end: 0x202000
    user_vma.vm_flags: 0
measure: { what: 'two pages of a process made read-only' }
---*/
/* History: userfaultfd: write-protect without a flush of what mprotect() had put off (2020). */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlb.h>

#define START 0x200000UL

long change_pte_range(struct mmu_gather *tlb, struct vm_area_struct *vma, pmd_t *pmd, unsigned long addr, unsigned long end,
		      pgprot_t newprot, unsigned long cp_flags);

extern u64 user_pmd[PTRS_PER_PTE], user_pte[PTRS_PER_PTE];

static struct mm_struct user_mm = { .context = { .id = { 0x10002 } } };
static struct vm_area_struct user_vma;
static struct mmu_gather gather;

void protector(void)
{
	pgprot_t readonly = __pgprot(PTE_TYPE_PAGE | PTE_AF | PTE_SHARED | PTE_NG | PTE_USER | PTE_RDONLY | PTE_PXN | PTE_UXN);

	tlb_gather_mmu(&gather, &user_mm);
	change_pte_range(&gather, &user_vma, (pmd_t *)user_pmd + pmd_index(START), START, START + 2 * PAGE_SIZE, readonly, 0);
	tlb_finish_mmu(&gather);

	faultline_translation_gone(&user_pte[0]);
	faultline_translation_gone(&user_pte[1]);
}
