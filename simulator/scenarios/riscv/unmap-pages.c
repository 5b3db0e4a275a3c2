// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/unmap-pages
arch: riscv
on: tree
about: Three pages of a process are unmapped, two in one gather and one by itself, and freed, while another thread of the process runs on another hart; their table stays.
entries: [tlb_finish_mmu, tlb_flush, flush_tlb_page]
files: [mm/mmu_gather.c, mm/pgtable-generic.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/init.c]
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
  asids: [false, true]
explore:
  cpus:
    - { name: hart 0, runs: unmapper }
    - { name: hart 1 }
  mmu:
    regime: riscv
    root: user_pmd
    levels:
      - { level: 1, shift: 21, entries: 512 }
      - { level: 0, shift: 12, entries: 512 }
    tables:
      - { object: user_pmd, depth: 0, base: 0, entries: { 0: user_pte } }
      - { object: user_pte, depth: 1, base: 0, entries: { 0: page_a, 1: page_b, 2: page_c } }
  initial:
    user_mm.cpu_bitmap.bits[0]: 3
    nr_cpu_ids: 2
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlb.h>

extern pte_t user_pte[512];
extern unsigned long page_a[512], page_b[512], page_c[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma = { .vm_mm = &user_mm };
static struct mmu_gather gather;
static spinlock_t ptl;

static void zap(struct mmu_gather *tlb, unsigned long addr)
{
	pte_t *ptep = user_pte + pte_index(addr);

	ptep_get_and_clear(&user_mm, addr, ptep);
	tlb_remove_tlb_entry(tlb, ptep, addr);
}

void unmapper(void)
{
	struct mmu_gather *tlb = &gather;

	tlb_gather_mmu(tlb, &user_mm);
	tlb_start_vma(tlb, &user_vma);
	spin_lock(&ptl);
	zap(tlb, 0);
	zap(tlb, PAGE_SIZE);
	spin_unlock(&ptl);
	tlb_end_vma(tlb, &user_vma);
	tlb_finish_mmu(tlb);
	put_page(virt_to_page(page_a));
	put_page(virt_to_page(page_b));

	spin_lock(&ptl);
	ptep_clear_flush(&user_vma, 2 * PAGE_SIZE, user_pte + 2);
	spin_unlock(&ptl);
	put_page(virt_to_page(page_c));
}
