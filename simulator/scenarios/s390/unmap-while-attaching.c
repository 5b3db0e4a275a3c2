// SPDX-License-Identifier: Apache-2.0
/*---
scenario: s390/unmap-while-attaching
arch: s390
on: tree
about: A page of a process is unmapped with an invalidation at once on its only CPU, and freed, while another CPU attaches to the process.
entries: [ptep_xchg_direct, switch_mm, finish_arch_post_lock_switch]
files: [mm/pgtable-generic.c, arch/s390/mm/pgtable.c, arch/s390/kernel/smp.c]
known:
  - kernel: '6.12'
    violation: stale-translation
    window: 0
    why: ptep_flush_direct() looks at mm_cpumask after it has raised flush_count; a CPU that attaches waits for flush_count before it sets its bit there, so that it may do both between that look and the local IPTE, and keep the translation; found here, not confirmed by others
  - kernel: '6.1'
    violation: stale-translation
    window: 0
    why: as in 6.12
trap: page_fault
axes:
  tlb-local-clearing: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, runs: switcher, elsewhere: fresh, accesses: listed }
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
    init_mm.context.cpu_attach_mask.bits[0]: 2
    lowcore_ptr[0]: '&lowcore_0'
    lowcore_ptr[1]: '&lowcore_1'
    task1.mm: '&user_mm'
    s390_invalid_asce.val: '0x7fff0000000'
    nr_cpu_ids: 2
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/mmu_context.h>
#include <asm/tlbflush.h>

#define START 0x100000UL

extern pte_t user_table[256];
extern unsigned long page_a[512];

static struct mm_struct user_mm;
static struct lowcore lowcore_0, lowcore_1;

void unmapper(void)
{
	ptep_xchg_direct(&user_mm, START, &user_table[0], __pte(_PAGE_INVALID));
	put_page(virt_to_page(page_a));
}

void switcher(void)
{
	user_mm.context.asce = __pa(user_table);
	switch_mm(&init_mm, &user_mm, current);
	finish_arch_post_lock_switch();
	touch_read_nofault(START);
}

void page_fault(void)
{
	fixup_exception(NULL);
	asm volatile("lpswe 0");
}
