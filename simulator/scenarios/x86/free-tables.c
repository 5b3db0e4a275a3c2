// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/free-tables
arch: x86
on: tree
about: The page tables of an unmapped range are freed while another CPU leaves the process for a kernel thread, and keeps its page tables.
entries: [free_pgd_range, tlb_finish_mmu, enter_lazy_tlb]
files: [mm/memory.c, mm/mmu_gather.c, arch/x86/mm/tlb.c, arch/x86/mm/pgtable.c, arch/x86/mm/init.c]
axes:
  pcid: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, runs: other }
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
      - { object: pmd_table, depth: 2, base: 0, entries: { 1: pte_table } }
      - { object: pte_table, depth: 3, base: '0x200000' }
  pages: [kernel_table]
  initial:
    init_mm.pgd: '&kernel_table'
    init_mm.context.ctx_id: 1
    user_mm.pgd: '&pgd_table'
    user_mm.context.ctx_id: 2
    user_mm.context.tlb_gen: 1
    user_mm.cpu_bitmap.bits[0]: 3
    user_mm.context.next_trim_cpumask: 1
    cpu_tlbstate[0].loaded_mm: '&user_mm'
    cpu_tlbstate[0].ctxs[0].ctx_id: 2
    cpu_tlbstate[0].ctxs[0].tlb_gen: 1
    cpu_tlbstate[1].loaded_mm: '&user_mm'
    cpu_tlbstate[1].ctxs[0].ctx_id: 2
    cpu_tlbstate[1].ctxs[0].tlb_gen: 1
    pgdir_shift: 39
    ptrs_per_p4d: 1
    jiffies: 0
    nr_cpu_ids: 2
measure: { what: 'one page table of a process freed' }
further:
  - scenario: x86/gup-fast
    about: A thread frees the table of a range that it has unmapped, while another looks for a page there without a lock, by walking the tables in software with interrupts off.
    entries: [free_pgd_range, tlb_finish_mmu]
    files: [mm/gup.c, mm/memory.c, mm/mmu_gather.c, arch/x86/mm/tlb.c, arch/x86/mm/pgtable.c, arch/x86/mm/init.c]
    axes: { pcid: [true] }
    explore:
      cpus: [{ name: CPU0, runs: unmapper }, { name: CPU1, runs: pinner }]
      initial: { task1.mm: '&user_mm' }
    measure: null
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/mmu_context.h>
#include <asm/tlb.h>

#define START 0x200000UL

/* Until 6.2 the flags of get_user_pages() were macros, and the function had another name. */
#ifdef FOLL_WRITE
#define gup_fast lockless_pages_from_mm
#endif

extern pgd_t pgd_table[512];
extern unsigned long kernel_table[512];

static struct mm_struct user_mm;
static struct mmu_gather gather;
static struct page *pinned[1];

unsigned long gup_fast(unsigned long start, unsigned long end, unsigned int gup_flags, struct page **pages);
void free_pgd_range(struct mmu_gather *tlb, unsigned long addr, unsigned long end, unsigned long floor, unsigned long ceiling);

void unmapper(void)
{
	tlb_gather_mmu(&gather, &user_mm);
	free_pgd_range(&gather, START, START + PMD_SIZE, START, START + PMD_SIZE);
	tlb_finish_mmu(&gather);
}

void other(void)
{
	enter_lazy_tlb(&user_mm, NULL);
}

/* History: tables that are freed once every CPU has answered the flush; with a flush that interrupts nobody they need more (2020 on Xen and Hyper-V, 2025 with INVLPGB). */
void pinner(void)
{
	gup_fast(START, START + PAGE_SIZE, FOLL_GET, pinned);
}
