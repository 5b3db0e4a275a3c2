// SPDX-License-Identifier: Apache-2.0
/*---
scenario: s390/munmap
arch: s390
on: tree
about: A thread of a process unmaps two pages, one after the other, and frees them, while another thread runs on the other CPU.
entries: [ptep_clear_flush, ptep_xchg_direct, ptep_get_and_clear, flush_tlb_range]
files: [mm/pgtable-generic.c, arch/s390/mm/pgtable.c]
axes:
  user-tables: [true]
  tlb-local-clearing: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, runs: other }
  mmu:
    regime: s390
    root: user_table
    levels:
      - { level: 0, shift: 12, entries: 256 }
    tables:
      - { object: user_table, depth: 0, base: '0x100000', entries: { 0: page_a, 1: page_b } }
  initial:
    user_vma.vm_mm: '&user_mm'
    user_mm.cpu_bitmap.bits[0]: 3
    user_mm.context.cpu_attach_mask.bits[0]: 3
    nr_cpu_ids: 2
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/tlbflush.h>

#define START 0x100000UL

extern pte_t user_table[256];
extern unsigned long page_a[512], page_b[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma;

void unmapper(void)
{
	ptep_clear_flush(&user_vma, START, &user_table[0]);
	put_page(virt_to_page(page_a));

	ptep_get_and_clear(&user_mm, START + PAGE_SIZE, &user_table[1]);
	flush_tlb_range(&user_vma, START + PAGE_SIZE, START + 2 * PAGE_SIZE);
	put_page(virt_to_page(page_b));
}

void other(void)
{
}
