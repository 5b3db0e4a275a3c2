// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/free-tables
arch: riscv
on: tree
about: A page of a process and the table that maps it are unmapped and freed while another thread of the process runs on another hart.
entries: [free_pgd_range, tlb_finish_mmu, tlb_flush]
files: [mm/memory.c, mm/mmu_gather.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/init.c]
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
  - scenario: riscv/free-tables-no-memory
    variantOf: riscv/free-tables
    about: A page of a process and the table that maps it are unmapped and freed while another thread of the process runs on another hart; there is no memory to collect tables in.
    entries: [tlb_remove_table]
    lacking:
      - { kernel: '6.1', why: tables are collected and freed as pages are on this architecture there }
    explore: { cpus: [{ name: hart 0, runs: unmapper_without_memory }, { name: hart 1 }], pool: [last] }
  - scenario: riscv/free-upper-tables
    variantOf: riscv/free-tables
    about: A page of a process, the table that maps it and the table above that are unmapped and freed while another thread of the process runs on another hart.
    known:
      - kernel: '6.1'
        violation: walker-use-after-free
        window: 0
        why: __pmd_free_tlb() frees the table at once, before anything is flushed
    explore:
      cpus: [{ name: hart 0, runs: unmapper_of_both }, { name: hart 1 }]
      initial: { user_pmd.@count: 1 }
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlb.h>

#define START 0x200000UL

extern pgd_t user_pgd[512];
extern pmd_t user_pmd[512];
extern pte_t user_pte[512];
extern unsigned long page_a[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma = { .vm_mm = &user_mm };
static struct mmu_gather gather;

void free_pgd_range(struct mmu_gather *tlb, unsigned long addr, unsigned long end, unsigned long floor, unsigned long ceiling);

/* What unmap_region() does, with a zap of one page. */
static void unmap(unsigned long floor, unsigned long ceiling)
{
	struct mmu_gather *tlb = &gather;

	tlb_gather_mmu(tlb, &user_mm);
	tlb_start_vma(tlb, &user_vma);
	ptep_get_and_clear(&user_mm, START, user_pte);
	tlb_remove_tlb_entry(tlb, user_pte, START);
	tlb_remove_page(tlb, virt_to_page(page_a));
	tlb_end_vma(tlb, &user_vma);

	free_pgd_range(tlb, START, START + PMD_SIZE, floor, ceiling);
	tlb_finish_mmu(tlb);
	put_page(virt_to_page(page_a));
}

void unmapper(void)
{
	unmap(START, START + PMD_SIZE);
}

void unmapper_of_both(void)
{
	unmap(0, 0);
}

void unmapper_without_memory(void)
{
	struct page *last = alloc_page(GFP_KERNEL);

	unmapper();
	put_page(last);
}
