// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/vmemmap-split
arch: arm64
about: A block of the memory map that is in use becomes a table of pages, while a task on another CPU looks at a struct page there.
entries: [vmemmap_update_pmd, vmemmap_split_pmd, do_mem_abort]
files: [mm/hugetlb_vmemmap.c, arch/arm64/mm/mmu.c, arch/arm64/mm/fault.c, arch/arm64/kernel/entry-common.c, arch/arm64/kernel/entry.S]
known:
  - kernel: skeletons
    violation: break-before-make
    window: 0
    why: a block becomes a table without a break, which takes FEAT_BBM level 2; no release of this architecture has this optimisation
trap: el1h_64_sync
axes:
  PREEMPT_RT: [false, true]
  vcpu: [false, true]
  FEAT_BBM: [0, 2]
explore:
  defines: { PTE_INDEX_BITS: 1 }
  cpus:
    - { name: CPU0, runs: maker }
    - { name: CPU1, runs: toucher }
  mmu:
    regime: arm64-stage1
    root: kernel_pmd
    levels:
      - { level: 2, shift: 13, entries: 2 }
      - { level: 3, shift: 12, entries: 2 }
    tables:
      - { object: kernel_pmd, depth: 0, base: '0xfffffc0000000000', entries: [map_block, null] }
      - { object: fresh_table, depth: 1, base: '0xfffffc0000000000' }
  blocks: [map_block]
  pool: [fresh_table]
further:
  - scenario: arm64/vmemmap-split-irq
    variantOf: arm64/vmemmap-split
    about: As vmemmap-split, where an interrupt handler on the CPU of the maker looks at the struct page.
    axes: { vcpu: null, FEAT_BBM: null }
    explore: { cpus: [{ name: CPU0, runs: maker, irq: toucher }] }
---*/
/*
 * Stands for the optimisation of vmemmap on arm64 (HVO): the entry has to be broken before it is made again, and whoever comes in between
 * takes a fault, in whatever context it is.
 */
#include <linux/types.h>
#include <asm/pgtable.h>

#define TAIL (VMEMMAP_START + PAGE_SIZE)

int vmemmap_remap_split(unsigned long start);

void maker(void)
{
	vmemmap_remap_split(VMEMMAP_START);
}

void toucher(void)
{
	touch_read(TAIL);
}
