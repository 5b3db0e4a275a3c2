// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/page-attributes
arch: x86
on: tree
about: A page of vmalloc space is made read-only, and whoever did it relies on no write getting through, while another CPU may hold its translation.
entries: [set_memory_ro, change_page_attr_set_clr]
files: [arch/x86/mm/pat/set_memory.c, arch/x86/mm/tlb.c, mm/init-mm.c]
explore:
  cpus:
    - { name: CPU0, runs: protector }
    - { name: CPU1 }
  mmu:
    regime: x86
    root: kernel_pgd
    levels:
      - { level: 4, shift: 39, entries: 512 }
      - { level: 3, shift: 30, entries: 512 }
      - { level: 2, shift: 21, entries: 512 }
      - { level: 1, shift: 12, entries: 512 }
    tables:
      - { object: kernel_pgd, depth: 0, base: '0xffff000000000000', entries: { 402: kernel_pud } }
      - { object: kernel_pud, depth: 1, base: '0xffffc90000000000', entries: { 0: kernel_pmd } }
      - { object: kernel_pmd, depth: 2, base: '0xffffc90000000000', entries: { 0: kernel_pte } }
      - { object: kernel_pte, depth: 3, base: '0xffffc90000000000', entries: { 0: page_a } }
  initial:
    init_mm.pgd: '&kernel_pgd'
    pgdir_shift: 39
    ptrs_per_p4d: 1
    system_state: 3
    __supported_pte_mask: -1
    __default_kernel_pte_mask: -1
    nr_cpu_ids: 2
measure: { what: 'one page of vmalloc space made read-only' }
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/set_memory.h>

#define AREA 0xffffc90000000000UL

extern pte_t kernel_pte[PTRS_PER_PTE];

void protector(void)
{
	set_memory_ro(AREA, 1);
	faultline_translation_gone(&kernel_pte[0]);
}
