// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/switch-mm-no-asids
arch: riscv
on: tree
variantOf: riscv/switch-mm
about: A hart without ASIDs runs a process and switches away from it; then another unmaps a page of the process and frees it.
entries: [switch_mm, flush_tlb_page]
files: [arch/riscv/mm/context.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/init.c, mm/init-mm.c]
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
  asids: [false]
explore:
  cpus:
    - { name: hart 0, runs: unmapper, elsewhere: fresh }
    - { name: hart 1, runs: switcher, elsewhere: fresh }
  mmu:
    regime: riscv
    root: user_pte
    levels:
      - { level: 0, shift: 12, entries: 512 }
    tables:
      - { object: user_pte, depth: 0, base: '0x200000', entries: { 0: page_a } }
  pages: [other_pgd]
  initial:
    user_vma.vm_mm: '&user_mm'
    user_vma.vm_flags: 0
    user_mm.pgd: '&user_pte'
    user_mm.context.id: 0
    user_mm.cpu_bitmap.bits[0]: 0
    other_mm.pgd: '&other_pgd'
    nr_cpu_ids: 2
    __cpu_online_mask.bits[0]: 3
---*/
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/pgtable.h>

#define START 0x200000UL

extern pte_t user_pte[512];
extern unsigned long page_a[512], other_pgd[512];

static struct mm_struct user_mm, other_mm;
static struct vm_area_struct user_vma;
static int has_left;

void unmapper(void)
{
	await_nonzero(&has_left);
	ptep_get_and_clear(&user_mm, START, &user_pte[0]);
	flush_tlb_page(&user_vma, START);
	put_page(virt_to_page(page_a));
}

void switcher(void)
{
	switch_mm(&other_mm, &user_mm, current);
	switch_mm(&user_mm, &other_mm, current);
	smp_store_release(&has_left, 1);
}
