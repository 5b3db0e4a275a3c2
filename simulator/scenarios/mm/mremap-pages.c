// SPDX-License-Identifier: Apache-2.0
/*---
scenario: mm/mremap-pages
arch: arm64
on: tree
about: Two pages of a process are moved to other addresses, while another thread has used them where they were; a third takes one from its new address, as soon as it is there, and frees it.
entries: [move_ptes, ptep_clear_flush]
files: [mm/mremap.c, mm/pgtable-generic.c]
axes:
  kpti: [false]
  FEAT_TLBIRANGE: [false, true]
  FEAT_TTL: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: mover }
    - { name: CPU1, runs: truncater }
  mmu:
    regime: arm64-stage1
    root: user_pmd
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: user_pmd, depth: 0, base: 0, entries: { 1: old_table, 2: new_table } }
      - { object: old_table, depth: 1, base: '0x200000', entries: { 0: page_a, 1: page_b } }
      - { object: new_table, depth: 1, base: '0x400000' }
  initial: { user_vma.vm_flags: 0, __icache_flags: 0 }
measure: { what: 'two pages of a process moved, and one of them unmapped' }
---*/
/* History: mremap: properly flush TLB before releasing the page (2018): the flush came after the locks of the tables were given back. */
#include <linux/mm.h>
#include <linux/pgtable.h>

#define OLD 0x200000UL
#define NEW 0x400000UL

int move_ptes(struct vm_area_struct *vma, pmd_t *old_pmd, unsigned long old_addr, unsigned long old_end, struct vm_area_struct *new_vma,
	      pmd_t *new_pmd, unsigned long new_addr, bool need_rmap_locks);

extern u64 user_pmd[PTRS_PER_PTE], old_table[PTRS_PER_PTE], new_table[PTRS_PER_PTE], page_a[PTRS_PER_PTE];

static struct mm_struct user_mm = { .context = { .id = { 0x10002 } } };
static struct vm_area_struct user_vma = { .vm_mm = &user_mm };

void mover(void)
{
	pmd_t *pmdp = (pmd_t *)user_pmd;

	/* No instructions stand in them that caches would have to be told of. */
	old_table[0] |= PTE_UXN;
	old_table[1] |= PTE_UXN;

	move_ptes(&user_vma, pmdp + pmd_index(OLD), OLD, OLD + 2 * PAGE_SIZE, &user_vma, pmdp + pmd_index(NEW), NEW, false);
}

void truncater(void)
{
	spinlock_t *ptl;
	pte_t *ptep = pte_offset_map_lock(&user_mm, (pmd_t *)user_pmd + pmd_index(NEW), NEW, &ptl);
	bool is_here = !pte_none(ptep_get(ptep));

	/* It goes from its new address with a flush of that address alone. */
	if (is_here)
		ptep_clear_flush(&user_vma, NEW, ptep);
	pte_unmap_unlock(ptep, ptl);
	if (is_here)
		put_page(virt_to_page(page_a));
}
