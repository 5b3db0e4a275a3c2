// SPDX-License-Identifier: Apache-2.0
/*---
scenario: s390/two-flushes
arch: s390
on: tree
about: Two threads of a process unmap and free a page each at the same time, one at once and one with a flush afterwards; then each waits for the flushes to end.
entries: [ptep_xchg_direct, ptep_xchg_lazy, flush_tlb_mm]
files: [mm/pgtable-generic.c, arch/s390/mm/pgtable.c, arch/s390/kernel/smp.c]
axes:
  user-tables: [true]
  tlb-local-clearing: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: direct }
    - { name: CPU1, runs: lazy }
  mmu:
    regime: s390
    root: user_table
    levels:
      - { level: 0, shift: 12, entries: 256 }
    tables:
      - { object: user_table, depth: 0, base: '0x100000', entries: { 0: page_a, 1: page_b } }
  initial:
    user_mm.cpu_bitmap.bits[0]: 3
    user_mm.context.cpu_attach_mask.bits[0]: 3
    lowcore_ptr[0]: '&lowcore_0'
    lowcore_ptr[1]: '&lowcore_1'
    task0.mm: '&user_mm'
    task1.mm: '&user_mm'
    nr_cpu_ids: 2
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/mmu_context.h>
#include <asm/tlbflush.h>

#define START 0x100000UL

extern pte_t user_table[256];
extern unsigned long page_a[512], page_b[512];

static struct mm_struct user_mm;
static struct lowcore lowcore_0, lowcore_1;

void direct(void)
{
	ptep_xchg_direct(&user_mm, START, &user_table[0], __pte(_PAGE_INVALID));
	put_page(virt_to_page(page_a));
	while (atomic_read(&user_mm.context.flush_count))
		cpu_relax();
}

void lazy(void)
{
	user_mm.context.flush_mm = 1;
	ptep_xchg_lazy(&user_mm, START + PAGE_SIZE, &user_table[1], __pte(_PAGE_INVALID));
	flush_tlb_mm(&user_mm);
	put_page(virt_to_page(page_b));
	while (atomic_read(&user_mm.context.flush_count))
		cpu_relax();
}
