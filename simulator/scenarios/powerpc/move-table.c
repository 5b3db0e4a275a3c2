// SPDX-License-Identifier: Apache-2.0
/*---
scenario: powerpc/move-table
arch: powerpc
on: tree
about: A table of a process is moved to other addresses; a page is then unmapped there and freed, while another thread may have come through the table where it was.
entries: [move_normal_pmd, radix__flush_tlb_range, ptep_clear_flush]
files: [mm/mremap.c, mm/pgtable-generic.c, arch/powerpc/mm/book3s64/radix_tlb.c, arch/powerpc/mm/book3s64/pgtable.c]
explore:
  cpus:
    - { name: CPU0, runs: mover }
    - { name: CPU1 }
  mmu:
    regime: powerpc-radix
    root: user_pmd
    number: 5
    levels:
      - { level: 2, shift: 17, entries: 512 }
      - { level: 3, shift: 16, entries: 2 }
    tables:
      - { object: user_pmd, depth: 0, base: 0, entries: { 16: user_table } }
      - { object: user_table, depth: 1, base: '0x200000', entries: { 0: page_a } }
  initial:
    user_vma.vm_mm: '&user_mm'
    user_mm.context.id: 5
    user_mm.context.active_cpus: 2
    user_mm.mm_users: 2
    user_mm.cpu_bitmap.bits[0]: 3
    task0.mm: '&user_mm'
    nr_cpu_ids: 2
    __pte_index_size: 1
    __pmd_index_size: 9
    __pud_index_size: 9
    __pgd_index_size: 13
    mmu_virtual_psize: 2
    mmu_psize_defs[2].shift: 16
    mmu_psize_defs[2].ap: 5
    tlbie_enabled: 1
---*/
/* History: powerpc/book3s64/radix: a flush of a range that kept the page walk cache, until mremap() moved whole tables (2021). */
#include <linux/mm.h>
#include <linux/pgtable.h>

#define OLD 0x200000UL
#define NEW 0x400000UL

bool move_normal_pmd(struct vm_area_struct *vma, unsigned long old_addr, unsigned long new_addr, pmd_t *old_pmd, pmd_t *new_pmd);

extern pmd_t user_pmd[512];
extern pte_t user_table[2];
extern unsigned long page_a[512];

static struct mm_struct user_mm;
static struct vm_area_struct user_vma;

void mover(void)
{
	move_normal_pmd(&user_vma, OLD, NEW, user_pmd + pmd_index(OLD), user_pmd + pmd_index(NEW));

	ptep_clear_flush(&user_vma, NEW, user_table);
	put_page(virt_to_page(page_a));
}
