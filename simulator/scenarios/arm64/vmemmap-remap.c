// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/vmemmap-remap
arch: arm64
about: Another page comes behind a page of the memory map that is in use, while a task on another CPU looks at a struct page there.
entries: [vmemmap_update_pte, vmemmap_remap_pte, do_mem_abort, el1h_64_sync_handler]
files: [mm/hugetlb_vmemmap.c, arch/arm64/mm/mmu.c, arch/arm64/mm/fault.c, arch/arm64/kernel/entry-common.c, arch/arm64/kernel/entry.S]
known:
  - kernel: skeletons
    violation: break-before-make
    window: 0
    why: another page comes behind a live address without a break; the architecture forbids it, and no release of it has this optimisation
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
      - { object: kernel_pmd, depth: 0, base: '0xfffffc0000000000', entries: [vmemmap_pte, null] }
      - { object: vmemmap_pte, depth: 1, base: '0xfffffc0000000000', entries: [map_head, map_tail] }
  # The kernel may write to what it maps here.
  initial: { 'vmemmap_pte[1]': 0x80003703 }
further:
  - scenario: arm64/vmemmap-remap-atomic
    variantOf: arm64/vmemmap-remap
    about: As vmemmap-remap, where the task that looks at the struct page has preemption off.
    entries: [vmemmap_update_pte, vmemmap_remap_pte, do_mem_abort]
    axes: { vcpu: null, FEAT_BBM: null }
    explore: { cpus: [{ name: CPU0, runs: maker }, { name: CPU1, runs: atomic_toucher }] }
  - scenario: arm64/vmemmap-remap-irq
    variantOf: arm64/vmemmap-remap
    about: As vmemmap-remap, where an interrupt handler on the CPU of the maker looks at the struct page.
    entries: [vmemmap_update_pte, vmemmap_remap_pte, do_mem_abort]
    axes: { vcpu: null, FEAT_BBM: null }
    explore: { cpus: [{ name: CPU0, runs: maker, irq: toucher }] }
  - scenario: arm64/vmemmap-remap-nmi
    variantOf: arm64/vmemmap-remap
    about: As vmemmap-remap, where an NMI on the CPU of the maker looks at the struct page.
    entries: [vmemmap_update_pte, vmemmap_remap_pte, do_mem_abort]
    axes: { vcpu: null, FEAT_BBM: null }
    explore: { cpus: [{ name: CPU0, runs: maker, nmi: toucher }] }
  - scenario: arm64/vmemmap-remap-one-cpu
    variantOf: arm64/vmemmap-remap
    about: As vmemmap-remap, with both tasks on one CPU, which preempts them where the kernel lets it.
    entries: [vmemmap_update_pte, vmemmap_remap_pte, do_mem_abort]
    axes: { PREEMPTION: [false, true], vcpu: null, FEAT_BBM: null }
    explore: { cpus: [{ name: CPU0, runs: maker, tasks: [toucher] }] }
---*/
/*
 * Stands for the optimisation of vmemmap on arm64 (HVO): the entry has to be broken before it is made again, and whoever comes in between
 * takes a fault, in whatever context it is.
 */
#include <linux/types.h>
#include <asm/pgtable.h>

#define TAIL (VMEMMAP_START + PAGE_SIZE)

extern char map_head[PAGE_SIZE];

void vmemmap_remap_free(unsigned long addr, struct page *reuse);

void maker(void)
{
	vmemmap_remap_free(TAIL, virt_to_page(map_head));
}

void toucher(void)
{
	touch_read(TAIL);
}

void atomic_toucher(void)
{
	preempt_disable();
	touch_read(TAIL);
	preempt_enable();
}
