// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/munmap
arch: x86
on: tree
about: A thread of a process unmaps two pages, one after the other, and frees them, while another thread runs on the other CPU.
entries: [ptep_clear_flush, flush_tlb_mm_range]
files: [mm/pgtable-generic.c, arch/x86/mm/tlb.c, arch/x86/mm/pgtable.c, arch/x86/mm/init.c]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, runs: other }
  mmu:
    regime: x86
    root: user_table
    levels:
      - { level: 1, shift: 12, entries: 512 }
    tables:
      - { object: user_table, depth: 0, base: '0x200000', entries: { 0: page_a, 1: page_b } }
  initial:
    user_vma.vm_mm: '&user_mm'
    user_mm.pgd: '&user_table'
    user_mm.context.ctx_id: 2
    user_mm.context.tlb_gen: 1
    user_mm.cpu_bitmap.bits[0]: 3
    cpu_tlbstate[0].loaded_mm: '&user_mm'
    cpu_tlbstate[0].ctxs[0].ctx_id: 2
    cpu_tlbstate[0].ctxs[0].tlb_gen: 1
    cpu_tlbstate[1].loaded_mm: '&user_mm'
    cpu_tlbstate[1].ctxs[0].ctx_id: 2
    cpu_tlbstate[1].ctxs[0].tlb_gen: 1
    user_mm.context.next_trim_cpumask: 1
    jiffies: 0
    nr_cpu_ids: 2
measure: { what: 'two pages of a process unmapped, one after the other, with a thread on another CPU' }
further:
  - scenario: x86/remote-unmap
    about: A process unmaps and frees a page while another CPU, which runs something else, unmaps and frees a page of the same process.
    axes:
      pcid: [true]
    explore:
      cpus: [{ name: CPU0, runs: unmap_a }, { name: CPU1, runs: unmap_b, elsewhere: true }]
      initial:
        user_mm.cpu_bitmap.bits[0]: 1
        cpu_tlbstate[1].loaded_mm: '&init_mm'
        cpu_tlbstate[1].ctxs[0].ctx_id: null
        cpu_tlbstate[1].ctxs[0].tlb_gen: null
    measure: null
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>

#define START 0x200000UL

extern pte_t user_table[512];
extern unsigned long page_a[512], page_b[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma;

void unmap_a(void)
{
	ptep_clear_flush(&user_vma, START, &user_table[0]);
	put_page(virt_to_page(page_a));
}

void unmap_b(void)
{
	ptep_clear_flush(&user_vma, START + PAGE_SIZE, &user_table[1]);
	put_page(virt_to_page(page_b));
}

void unmapper(void)
{
	unmap_a();
	unmap_b();
}

void other(void)
{
}
