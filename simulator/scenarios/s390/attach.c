// SPDX-License-Identifier: Apache-2.0
/*---
scenario: s390/attach
arch: s390
on: tree
about: Two CPUs switch to a process at the same time; then one of them unmaps a page and frees it.
entries: [switch_mm, finish_arch_post_lock_switch, ptep_clear_flush]
files: [mm/pgtable-generic.c, arch/s390/mm/pgtable.c, arch/s390/kernel/smp.c]
axes:
  user-tables: [true]
  tlb-local-clearing: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: unmapper, elsewhere: fresh }
    - { name: CPU1, runs: other, elsewhere: fresh }
  mmu:
    regime: s390
    root: user_table
    levels:
      - { level: 0, shift: 12, entries: 256 }
    tables:
      - { object: user_table, depth: 0, base: '0x100000', entries: { 0: page_a } }
  initial:
    user_vma.vm_mm: '&user_mm'
    init_mm.context.cpu_attach_mask.bits[0]: 3
    lowcore_ptr[0]: '&lowcore_0'
    lowcore_ptr[1]: '&lowcore_1'
    task0.mm: '&user_mm'
    task1.mm: '&user_mm'
    nr_cpu_ids: 2
    s390_invalid_asce.val: '0x7fff0000000'
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/mmu_context.h>

#define START 0x100000UL

extern pte_t user_table[256];
extern unsigned long page_a[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma;
static struct lowcore lowcore_0, lowcore_1;
static int attached;

static void attach(void)
{
	WRITE_ONCE(user_mm.context.asce, __pa(user_table));
	switch_mm(&init_mm, &user_mm, current);
	finish_arch_post_lock_switch();
}

void unmapper(void)
{
	attach();
	await_nonzero(&attached);
	ptep_clear_flush(&user_vma, START, &user_table[0]);
	put_page(virt_to_page(page_a));
}

void other(void)
{
	attach();
	smp_store_release(&attached, 1);
}
