// SPDX-License-Identifier: Apache-2.0
/*---
scenario: powerpc/munmap
arch: powerpc
on: tree
about: A thread of a process unmaps pages and frees them, while another thread runs on the other CPU.
entries: [ptep_clear_flush, radix__flush_tlb_page, radix__flush_tlb_range]
files: [mm/pgtable-generic.c, arch/powerpc/mm/book3s64/radix_tlb.c, arch/powerpc/mm/book3s64/pgtable.c]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, runs: other }
  mmu:
    regime: powerpc-radix
    root: user_table
    number: 5
    levels:
      - { level: 3, shift: 16, entries: 32 }
    tables:
      - { object: user_table, depth: 0, base: '0x200000', entries: { 0: page_a, 1: page_b } }
  initial:
    user_vma.vm_mm: '&user_mm'
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
further:
  - scenario: powerpc/munmap-ipi
    variantOf: powerpc/munmap
    about: A thread of a process unmaps pages and frees them, while another thread runs on the other CPU, on a machine where tlbie is switched off.
    explore: { initial: { tlbie_enabled: 0 } }
  - scenario: powerpc/switch-mm
    about: A page of a process is unmapped and freed by its only CPU, while another CPU switches to the process.
    entries: [switch_mm_irqs_off, radix__flush_tlb_page, radix__flush_tlb_range]
    files: [mm/pgtable-generic.c, arch/powerpc/mm/book3s64/radix_tlb.c, arch/powerpc/mm/book3s64/pgtable.c, arch/powerpc/mm/mmu_context.c]
    explore:
      cpus: [{ name: CPU0, runs: unmapper }, { name: CPU1, runs: switcher, elsewhere: fresh }]
      initial: { user_mm.context.active_cpus: 1, 'user_mm.cpu_bitmap.bits[0]': 1 }
  - scenario: powerpc/lazy-mm
    about: The only thread of a process unmaps a page and frees it, while a kernel thread on another CPU still has the address space of the process; later that CPU comes back to it.
    entries: [radix__flush_tlb_page, exit_lazy_flush_tlb]
    files: [mm/pgtable-generic.c, arch/powerpc/mm/book3s64/radix_tlb.c, arch/powerpc/mm/book3s64/pgtable.c, arch/powerpc/mm/mmu_context.c]
    explore:
      cpus: [{ name: CPU0, runs: leaver }, { name: CPU1, runs: kernel_thread }]
      initial:
        user_mm.mm_users: 1
        user_mm.mm_count: 2
        init_mm.mm_count: 2
        init_mm.cpu_bitmap.bits[0]: 3
        task0.active_mm: '&user_mm'
        task1.active_mm: '&user_mm'
  - scenario: powerpc/kick
    about: Lockless lookups on other CPUs are waited for, which drops the address space from a CPU that keeps it for a kernel thread; the only thread of the process then unmaps a page and frees it, and that CPU comes back.
    entries: [serialize_against_pte_lookup, exit_lazy_flush_tlb, radix__flush_tlb_page]
    files: [mm/pgtable-generic.c, arch/powerpc/mm/book3s64/radix_tlb.c, arch/powerpc/mm/book3s64/pgtable.c, arch/powerpc/mm/mmu_context.c]
    explore:
      cpus: [{ name: CPU0, runs: kicker }, { name: CPU1, runs: kernel_thread }]
      initial:
        user_mm.mm_users: 1
        user_mm.mm_count: 2
        init_mm.mm_count: 2
        init_mm.cpu_bitmap.bits[0]: 3
        task0.active_mm: '&user_mm'
        task1.active_mm: '&user_mm'
  - scenario: powerpc/attach
    about: Two CPUs switch to a process at the same time; then one of them unmaps a page and frees it, on a machine where tlbie is switched off.
    entries: [switch_mm_irqs_off, radix__flush_tlb_page]
    files: [mm/pgtable-generic.c, arch/powerpc/mm/book3s64/radix_tlb.c, arch/powerpc/mm/book3s64/pgtable.c, arch/powerpc/mm/mmu_context.c]
    explore:
      cpus: [{ name: CPU0, runs: comer, elsewhere: fresh }, { name: CPU1, runs: other_comer, elsewhere: fresh }]
      mmu:
        tables:
          - { object: user_table, depth: 0, base: '0x200000', entries: { 0: page_a } }
      initial: { tlbie_enabled: 0, user_mm.context.active_cpus: null, 'user_mm.cpu_bitmap.bits[0]': null }
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/mmu_context.h>

#define START 0x200000UL

extern pte_t user_table[32];
extern unsigned long page_a[512], page_b[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma;
static int gone, attached;

static void unmap_a(void)
{
	ptep_clear_flush(&user_vma, START, &user_table[0]);
	put_page(virt_to_page(page_a));
}

void unmapper(void)
{
	unmap_a();

	ptep_get_and_clear(&user_mm, START + PAGE_SIZE, &user_table[1]);
	flush_tlb_range(&user_vma, START + PAGE_SIZE, START + 2 * PAGE_SIZE);
	put_page(virt_to_page(page_b));
}

void other(void)
{
}

void switcher(void)
{
	switch_mm_irqs_off(&init_mm, &user_mm, current);
}

void leaver(void)
{
	unmapper();
	smp_store_release(&gone, 1);
}

void kicker(void)
{
	serialize_against_pte_lookup(&user_mm);
	leaver();
}

void kernel_thread(void)
{
	await_nonzero(&gone);
	switch_mm_irqs_off(&init_mm, &user_mm, current);
}

void comer(void)
{
	switcher();
	await_nonzero(&attached);
	unmap_a();
}

void other_comer(void)
{
	switcher();
	smp_store_release(&attached, 1);
}
