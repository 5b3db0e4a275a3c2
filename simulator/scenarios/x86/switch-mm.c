// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/switch-mm
arch: x86
on: tree
about: A page of a process is unmapped and freed from another CPU while its own CPU comes back to it from a kernel thread.
entries: [switch_mm_irqs_off, flush_tlb_mm_range]
files: [mm/pgtable-generic.c, arch/x86/mm/tlb.c, arch/x86/mm/pgtable.c, arch/x86/mm/init.c]
trap: page_fault
axes:
  pcid: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: unmapper, elsewhere: true }
    - { name: CPU1, runs: switcher, elsewhere: true, accesses: listed }
  mmu:
    regime: x86
    root: user_table
    levels:
      - { level: 1, shift: 12, entries: 512 }
    tables:
      - { object: user_table, depth: 0, base: '0x200000', entries: { 0: page_a } }
  pages: [kernel_table]
  initial:
    init_mm.pgd: '&kernel_table'
    init_mm.context.ctx_id: 1
    user_vma.vm_mm: '&user_mm'
    user_mm.pgd: '&user_table'
    user_mm.context.ctx_id: 2
    user_mm.context.tlb_gen: 1
    user_mm.context.next_trim_cpumask: 1
    user_mm.cpu_bitmap.bits[0]: 0
    cpu_tlbstate[0].loaded_mm: '&init_mm'
    cpu_tlbstate[1].loaded_mm: '&init_mm'
    cpu_tlbstate[1].loaded_mm_asid: 1
    cpu_tlbstate[1].ctxs[1].ctx_id: 1
    cpu_tlbstate[1].ctxs[0].ctx_id: 2
    cpu_tlbstate[1].ctxs[0].tlb_gen: 1
    cpu_tlbstate[1].next_asid: 2
    jiffies: 0
    nr_cpu_ids: 2
further:
  - scenario: x86/lazy-return
    about: A page of a process is unmapped and freed from another CPU while its own CPU goes to a kernel thread, keeps its tables, and comes back to it.
    entries: [enter_lazy_tlb, switch_mm_irqs_off, flush_tlb_mm_range]
    explore:
      cpus: [{ name: CPU0, runs: unmapper, elsewhere: true }, { name: CPU1, runs: lazy_switcher, accesses: listed }]
      initial:
        user_mm.cpu_bitmap.bits[0]: 2
        cpu_tlbstate[1].loaded_mm: '&user_mm'
        cpu_tlbstate[1].loaded_mm_asid: null
        cpu_tlbstate[1].ctxs[1].ctx_id: null
        cpu_tlbstate[1].next_asid: 1
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/mmu_context.h>

#define START 0x200000UL

extern pte_t user_table[512];
extern unsigned long page_a[512], kernel_table[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma;

void unmapper(void)
{
	ptep_clear_flush(&user_vma, START, &user_table[0]);
	put_page(virt_to_page(page_a));
}

void switcher(void)
{
	switch_mm(&init_mm, &user_mm, NULL);
	touch_read_nofault(START);
}

/* History: x86/mm: Flush more aggressively in lazy TLB mode (2017), and the barrier that took its place when lazy CPUs were spared again (2018). */
void lazy_switcher(void)
{
	enter_lazy_tlb(&user_mm, NULL);
	/* The kernel thread runs. */
	switch_mm(&user_mm, &user_mm, NULL);
	touch_read_nofault(START);
}

void page_fault(void)
{
	fixup_exception(NULL, 0, 0, 0);
	asm volatile("iretq");
}
