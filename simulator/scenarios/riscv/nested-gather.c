// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/nested-gather
arch: riscv
on: tree
about: Two harts unmap the same page of a process at a time; the one that finds it gone already frees it, once its own gather is done.
entries: [tlb_gather_mmu, tlb_finish_mmu]
files: [mm/mmu_gather.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/init.c]
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
  asids: [false, true]
explore:
  cpus:
    - { name: hart 0, runs: owner }
    - { name: hart 1, runs: other }
  mmu:
    regime: riscv
    root: user_pmd
    levels:
      - { level: 1, shift: 21, entries: 512 }
      - { level: 0, shift: 12, entries: 512 }
    tables:
      - { object: user_pmd, depth: 0, base: 0, entries: { 0: user_pte } }
      - { object: user_pte, depth: 1, base: 0, entries: { 0: page_a } }
  initial:
    user_mm.cpu_bitmap.bits[0]: 3
    nr_cpu_ids: 2
    # The reference of the mapping is the one that the owner holds.
    page_a.@count: 1
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlb.h>

extern pte_t user_pte[512];
extern unsigned long page_a[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma = { .vm_mm = &user_mm };
static struct mmu_gather first, second, third;
static spinlock_t ptl;

/* Takes the page out of the table, if it still is there: 1 if it was gone. */
static int zap(struct mmu_gather *tlb)
{
	int gone = 1;

	tlb_start_vma(tlb, &user_vma);
	spin_lock(&ptl);
	if (pte_present(ptep_get(user_pte))) {
		ptep_get_and_clear(&user_mm, 0, user_pte);
		tlb_remove_tlb_entry(tlb, user_pte, 0);
		gone = 0;
	}
	spin_unlock(&ptl);
	tlb_end_vma(tlb, &user_vma);
	return gone;
}

void owner(void)
{
	int gone;

	/* Of something else, which is not there. */
	tlb_gather_mmu(&first, &user_mm);
	tlb_finish_mmu(&first);

	tlb_gather_mmu(&second, &user_mm);
	gone = zap(&second);
	tlb_finish_mmu(&second);
	if (gone)
		put_page(virt_to_page(page_a));
}

void other(void)
{
	int gone;

	tlb_gather_mmu(&third, &user_mm);
	gone = zap(&third);
	tlb_finish_mmu(&third);
	if (gone)
		put_page(virt_to_page(page_a));
}
