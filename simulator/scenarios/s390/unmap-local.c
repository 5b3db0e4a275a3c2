// SPDX-License-Identifier: Apache-2.0
/*---
scenario: s390/unmap-local
arch: s390
on: tree
about: A page of a process is unmapped with an invalidation at once on the only CPU that the process has run on, and freed.
entries: [ptep_xchg_direct]
files: [arch/s390/mm/pgtable.c]
axes:
  tlb-local-clearing: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, elsewhere: fresh, accesses: listed }
  mmu:
    regime: s390
    root: user_table
    levels:
      - { level: 0, shift: 12, entries: 256 }
    tables:
      - { object: user_table, depth: 0, base: '0x100000', entries: { 0: page_a } }
  initial:
    user_mm.cpu_bitmap.bits[0]: 1
    user_mm.context.cpu_attach_mask.bits[0]: 1
    lowcore_ptr[0]: '&lowcore_0'
    lowcore_ptr[1]: '&lowcore_1'
    nr_cpu_ids: 2
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>

#define START 0x100000UL

extern pte_t user_table[256];
extern unsigned long page_a[512];

static struct mm_struct user_mm;
static struct lowcore lowcore_0, lowcore_1;

void unmapper(void)
{
	touch_read(START);
	ptep_xchg_direct(&user_mm, START, &user_table[0], __pte(_PAGE_INVALID));
	put_page(virt_to_page(page_a));
}
