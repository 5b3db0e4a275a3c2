// SPDX-License-Identifier: Apache-2.0
/*---
scenario: powerpc/attach
arch: powerpc
on: tree
about: Two CPUs switch to a process at the same time; then one of them unmaps a page and frees it, on a machine where tlbie is switched off.
entries: [switch_mm_irqs_off, radix__flush_tlb_page]
files: [mm/pgtable-generic.c, arch/powerpc/mm/book3s64/radix_tlb.c, arch/powerpc/mm/book3s64/pgtable.c, arch/powerpc/mm/mmu_context.c]
explore:
  cpus:
    - { name: CPU0, runs: unmapper, elsewhere: fresh }
    - { name: CPU1, runs: other, elsewhere: fresh }
  mmu:
    regime: powerpc-radix
    root: user_table
    number: 5
    levels:
      - { level: 3, shift: 16, entries: 32 }
    tables:
      - { object: user_table, depth: 0, base: '0x200000', entries: { 0: page_a } }
  initial:
    user_vma.vm_mm: '&user_mm'
    user_mm.context.id: 5
    user_mm.mm_users: 2
    task0.mm: '&user_mm'
    nr_cpu_ids: 2
    __pte_index_size: 5
    __pmd_index_size: 9
    __pud_index_size: 9
    __pgd_index_size: 13
    mmu_virtual_psize: 2
    mmu_psize_defs[2].shift: 16
    mmu_psize_defs[2].ap: 5
    tlbie_enabled: 0
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/mmu_context.h>

#define START 0x200000UL

extern pte_t user_table[32];
extern unsigned long page_a[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma;
static int attached;

void unmapper(void)
{
	switch_mm_irqs_off(&init_mm, &user_mm, current);
	await_nonzero(&attached);
	ptep_clear_flush(&user_vma, START, &user_table[0]);
	put_page(virt_to_page(page_a));
}

void other(void)
{
	switch_mm_irqs_off(&init_mm, &user_mm, current);
	smp_store_release(&attached, 1);
}
