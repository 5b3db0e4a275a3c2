// SPDX-License-Identifier: Apache-2.0
/*---
scenario: s390/switch-mm
arch: s390
on: tree
about: A page of a process is unmapped without an invalidation on its only CPU, and freed after the flush, while another CPU switches to the process.
entries: [ptep_xchg_lazy, switch_mm, finish_arch_post_lock_switch, flush_tlb_mm]
files: [mm/pgtable-generic.c, arch/s390/mm/pgtable.c, arch/s390/kernel/smp.c]
trap: page_fault
axes:
  user-tables: [true]
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
further:
  - scenario: s390/unmap-while-attaching
    about: A page of a process is unmapped with an invalidation at once on its only CPU, and freed, while another CPU attaches to the process.
    entries: [ptep_xchg_direct, switch_mm, finish_arch_post_lock_switch]
    known:
      - kernel: '6.12'
        violation: stale-translation
        window: 0
        why: ptep_flush_direct() looks at mm_cpumask after it has raised flush_count; a CPU that attaches waits for flush_count before it sets its bit there, so that it may do both between that look and the local IPTE, and keep the translation; found here, not confirmed by others
      - kernel: '6.1'
        violation: stale-translation
        window: 0
        why: as in 6.12
    axes:
      tlb-local-clearing: [false, true]
    explore: { cpus: [{ name: CPU0, runs: direct_unmapper }, { name: CPU1, runs: switcher, elsewhere: fresh, accesses: listed }] }
  - scenario: s390/unmap-local
    about: A page of a process is unmapped with an invalidation at once on the only CPU that the process has run on, and freed.
    entries: [ptep_clear_flush, ptep_xchg_direct]
    trap: null
    axes:
      tlb-local-clearing: [false, true]
    explore:
      cpus: [{ name: CPU0, runs: only_user }, { name: CPU1, elsewhere: fresh, accesses: listed }]
      initial: { user_vma.vm_mm: '&user_mm', 'init_mm.context.cpu_attach_mask.bits[0]': null, task1.mm: null, s390_invalid_asce.val: null }
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/mmu_context.h>
#include <asm/tlbflush.h>

#define START 0x100000UL

extern pte_t user_table[256];
extern unsigned long page_a[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma;
static struct lowcore lowcore_0, lowcore_1;

void unmapper(void)
{
	ptep_xchg_lazy(&user_mm, START, &user_table[0], __pte(_PAGE_INVALID));
	flush_tlb_mm(&user_mm);
	put_page(virt_to_page(page_a));
}

void direct_unmapper(void)
{
	ptep_xchg_direct(&user_mm, START, &user_table[0], __pte(_PAGE_INVALID));
	put_page(virt_to_page(page_a));
}

void only_user(void)
{
	touch_read(START);
	ptep_clear_flush(&user_vma, START, &user_table[0]);
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
