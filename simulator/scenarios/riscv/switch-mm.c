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
  pages: [other_pgd, new_pgd]
  initial:
    user_vma.vm_mm: '&user_mm'
    user_vma.vm_flags: 0
    user_mm.pgd: '&user_pte'
    user_mm.context.id: 0x10001
    user_mm.cpu_bitmap.bits[0]: 0
    other_mm.pgd: '&other_pgd'
    other_mm.context.id: 0x10002
    new_mm.pgd: '&new_pgd'
    new_mm.context.id: 0
    context_asid_map: '&used'
    current_version: 0x10000
    active_context[0]: 0x10002
    active_context[1]: 0x10002
    num_asids: 4
    asid_mask: 0xffff
    nr_cpu_ids: 2
    __cpu_online_mask.bits[0]: 3
    __cpu_possible_mask.bits[0]: 3
further:
  - scenario: riscv/switch-mm-no-asids
    about: A hart without ASIDs runs a process and switches away from it; another unmaps a page of the process and frees it before that, and one more after it.
    axes: { asids: [false] }
    explore:
      cpus:
        - { name: hart 0, runs: unmapper_of_two, elsewhere: fresh }
        - { name: hart 1, runs: visitor_for_long, elsewhere: fresh }
      mmu:
        number: 0
        tables:
          - { object: user_pte, depth: 0, base: '0x200000', entries: { 0: page_a, 1: page_b } }
      initial: { user_mm.context.id: 0 }
  - scenario: riscv/asid-rollover
    about: When a hart has run a process, another runs out of ASIDs for a new one and begins them anew; both come to run it, and then a page of the old one is unmapped and freed.
    explore:
      cpus:
        - { name: hart 0, runs: allocator, elsewhere: fresh }
        - { name: hart 1, runs: follower, elsewhere: fresh }
      # Of the four ASIDs one is nobody's, one stands for a process that is gone.
      initial: { 'used[0]': 15 }
---*/
/* History: mm_cpumask was cleared on the way out although copies stay under their ASID (riscv: asid: Fixup stale TLB entry cause application crash, 2022). */
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/pgtable.h>

#define START 0x200000UL

extern pte_t user_pte[512];
extern unsigned long page_a[512], page_b[512], other_pgd[512], new_pgd[512];
/* Linux 6.1 has it, later ones go by how wide an ASID may be. */
extern unsigned long asid_mask;

static struct mm_struct user_mm, other_mm, new_mm;
static struct vm_area_struct user_vma;
static unsigned long used[1];
static int has_come, is_unmapped, has_left, has_asid, is_reused;

/* As reclaim, the OOM reaper and process_madvise() do. */
static void unmap(unsigned int index, unsigned long *page)
{
	unsigned long addr = START + index * PAGE_SIZE;

	ptep_get_and_clear(&user_mm, addr, &user_pte[index]);
	flush_tlb_page(&user_vma, addr);
	put_page(virt_to_page(page));
}

void unmapper(void)
{
	unmap(0, page_a);
}

void switcher(void)
{
	switch_mm(&other_mm, &user_mm, current);
	switch_mm(&user_mm, &other_mm, current);
	switch_mm(&other_mm, &user_mm, current);
}

void unmapper_of_two(void)
{
	await_nonzero(&has_come);
	unmap(0, page_a);
	smp_store_release(&is_unmapped, 1);
	await_nonzero(&has_left);
	unmap(1, page_b);
}

void visitor_for_long(void)
{
	switch_mm(&other_mm, &user_mm, current);
	smp_store_release(&has_come, 1);
	await_nonzero(&is_unmapped);
	switch_mm(&user_mm, &other_mm, current);
	smp_store_release(&has_left, 1);
}

void visitor(void)
{
	switch_mm(&other_mm, &user_mm, current);
	switch_mm(&user_mm, &other_mm, current);
	smp_store_release(&has_left, 1);
}

void allocator(void)
{
	await_nonzero(&has_left);
	switch_mm(&other_mm, &new_mm, current);
	smp_store_release(&has_asid, 1);
	await_nonzero(&is_reused);
	switch_mm(&new_mm, &user_mm, current);
	unmapper();
}

void follower(void)
{
	visitor();
	await_nonzero(&has_asid);
	switch_mm(&other_mm, &new_mm, current);
	smp_store_release(&is_reused, 1);
}
