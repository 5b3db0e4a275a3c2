// SPDX-License-Identifier: Apache-2.0
/*---
scenario: powerpc/free-tables
arch: powerpc
on: tree
about: A table of a process is freed after its range was unmapped, while another thread runs on the other CPU.
entries: [free_pgd_range, tlb_finish_mmu, radix__tlb_flush]
files: [mm/memory.c, mm/mmu_gather.c, arch/powerpc/mm/book3s64/radix_tlb.c, arch/powerpc/mm/book3s64/pgtable.c]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1 }
  mmu:
    regime: powerpc-radix
    root: pgd_table
    number: 5
    levels:
      - { level: 0, shift: 39, entries: 8192 }
      - { level: 1, shift: 30, entries: 512 }
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 16, entries: 32 }
    tables:
      - { object: pgd_table, depth: 0, base: 0, entries: { 0: pud_table } }
      - { object: pud_table, depth: 1, base: 0, entries: { 0: pmd_table } }
      - { object: pmd_table, depth: 2, base: 0, entries: { 1: pte_table } }
      - { object: pte_table, depth: 3, base: '0x200000' }
  pool: [batch]
  initial:
    # The page holds nothing but this table.
    pte_table.pt_frag_refcount: 1
    user_mm.pgd: '&pgd_table'
    user_mm.context.id: 5
    user_mm.context.active_cpus: 2
    user_mm.mm_users: 2
    user_mm.cpu_bitmap.bits[0]: 3
    task0.mm: '&user_mm'
    nr_cpu_ids: 2
    __pte_index_size: 5
    __pmd_index_size: 9
    __pud_index_size: 9
    __pgd_index_size: 13
    mmu_virtual_psize: 2
    mmu_psize_defs[2].shift: 16
    mmu_psize_defs[2].ap: 5
    tlbie_enabled: 1
---*/
#include <linux/mm.h>
#include <asm/tlb.h>

#define START 0x200000UL

void free_pgd_range(struct mmu_gather *tlb, unsigned long addr, unsigned long end, unsigned long floor, unsigned long ceiling);

static struct mm_struct user_mm;
static struct mmu_gather gather;

void unmapper(void)
{
	tlb_gather_mmu(&gather, &user_mm);
	tlb_change_page_size(&gather, PAGE_SIZE);
	free_pgd_range(&gather, START, START + PMD_SIZE, START, START + PMD_SIZE);
	tlb_finish_mmu(&gather);
}
