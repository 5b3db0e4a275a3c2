// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/switch-mm
arch: riscv
on: tree
about: A hart that runs nothing of a process unmaps a page of it and frees it, while another switches to the process, away from it and back.
entries: [switch_mm, flush_tlb_page]
files: [arch/riscv/mm/context.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/init.c, mm/init-mm.c]
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
  asids: [true]
explore:
  cpus:
    - { name: hart 0, runs: unmapper, elsewhere: fresh }
    - { name: hart 1, runs: switcher, elsewhere: fresh }
  mmu:
    regime: riscv
    root: user_pte
    number: 1
    levels:
      - { level: 0, shift: 12, entries: 512 }
    tables:
      - { object: user_pte, depth: 0, base: '0x200000', entries: { 0: page_a } }
  pages: [other_pgd]
  initial:
    user_vma.vm_mm: '&user_mm'
    user_vma.vm_flags: 0
    user_mm.pgd: '&user_pte'
    user_mm.context.id: 0x10001
    user_mm.cpu_bitmap.bits[0]: 0
    other_mm.pgd: '&other_pgd'
    other_mm.context.id: 0x10002
    current_version: 0x10000
    active_context[0]: 0x10002
    active_context[1]: 0x10002
    num_asids: 4
    asid_mask: 0xffff
    nr_cpu_ids: 2
    __cpu_online_mask.bits[0]: 3
    __cpu_possible_mask.bits[0]: 3
---*/
/* History: mm_cpumask was cleared on the way out although copies stay under their ASID (riscv: asid: Fixup stale TLB entry cause application crash, 2022). */
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/pgtable.h>

#define START 0x200000UL

extern pte_t user_pte[512];
extern unsigned long page_a[512], other_pgd[512];

/* Linux 6.1 has it, later ones go by how wide an ASID may be. */
extern unsigned long asid_mask;

static struct mm_struct user_mm, other_mm;
static struct vm_area_struct user_vma;

/* As reclaim, the OOM reaper and process_madvise() do. */
void unmapper(void)
{
	ptep_get_and_clear(&user_mm, START, &user_pte[0]);
	flush_tlb_page(&user_vma, START);
	put_page(virt_to_page(page_a));
}

void switcher(void)
{
	switch_mm(&other_mm, &user_mm, current);
	switch_mm(&user_mm, &other_mm, current);
	switch_mm(&other_mm, &user_mm, current);
}
