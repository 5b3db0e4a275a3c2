// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/gup-fast
arch: riscv
on: tree
about: A thread of a process looks a page up with interrupts off and no lock, while another unmaps and frees it and its table.
entries: [gup_fast]
files: [mm/gup.c, mm/memory.c, mm/mmu_gather.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/init.c]
lacking:
  - { kernel: '6.1', why: this architecture selects no fast GUP there }
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
explore:
  cpus:
    - { name: hart 0, runs: unmapper }
    - { name: hart 1, runs: looker }
  mmu:
    regime: riscv
    root: user_pgd
    levels:
      - { level: 2, shift: 30, entries: 512 }
      - { level: 1, shift: 21, entries: 512 }
      - { level: 0, shift: 12, entries: 512 }
    tables:
      - { object: user_pgd, depth: 0, base: 0, entries: { 0: user_pmd } }
      - { object: user_pmd, depth: 1, base: 0, entries: { 1: user_pte } }
      - { object: user_pte, depth: 2, base: '0x200000', entries: { 0: page_a } }
  pool: [batch]
  initial:
    user_mm.pgd: '&user_pgd'
    user_mm.cpu_bitmap.bits[0]: 3
    # Tables of this architecture count no entries.
    user_pte.@count: 1
    pgtable_l4_enabled: 0
    pgtable_l5_enabled: 0
    nr_cpu_ids: 2
further:
  - scenario: riscv/gup-fast-no-memory
    variantOf: riscv/gup-fast
    about: A thread of a process looks a page up with interrupts off and no lock, while another unmaps and frees it and its table; there is no memory to collect tables in.
    explore: { cpus: [{ name: hart 0, runs: unmapper_without_memory }, { name: hart 1, runs: looker }], pool: [last] }
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlb.h>

#define START 0x200000UL

extern pgd_t user_pgd[512];
extern pte_t user_pte[512];
extern unsigned long page_a[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma = { .vm_mm = &user_mm };
static struct mmu_gather gather;
static struct page *found[1];

void free_pgd_range(struct mmu_gather *tlb, unsigned long addr, unsigned long end, unsigned long floor, unsigned long ceiling);
unsigned long gup_fast(unsigned long start, unsigned long end, unsigned int gup_flags, struct page **pages);

void unmapper(void)
{
	struct mmu_gather *tlb = &gather;

	tlb_gather_mmu(tlb, &user_mm);
	tlb_start_vma(tlb, &user_vma);
	ptep_get_and_clear(&user_mm, START, user_pte);
	tlb_remove_tlb_entry(tlb, user_pte, START);
	tlb_remove_page(tlb, virt_to_page(page_a));
	tlb_end_vma(tlb, &user_vma);

	free_pgd_range(tlb, START, START + PMD_SIZE, START, START + PMD_SIZE);
	tlb_finish_mmu(tlb);
	put_page(virt_to_page(page_a));
}

void unmapper_without_memory(void)
{
	struct page *last = alloc_page(GFP_KERNEL);

	unmapper();
	put_page(last);
}

void looker(void)
{
	current->mm = &user_mm;
	gup_fast(START, START + PAGE_SIZE, FOLL_GET, found);
}
