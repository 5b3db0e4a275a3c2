// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/copy-on-write
arch: arm64
on: tree
about: A fault replaces a page of a user by a copy and frees it, while another CPU runs the same user and marks the old one dirty as hardware does.
entries: [ptep_clear_flush, flush_tlb_page]
files: [mm/pgtable-generic.c]
axes:
  kpti: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: copier }
    - { name: CPU1, runs: writer }
  mmu:
    regime: arm64-stage1
    root: user_pmd
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: user_pmd, depth: 0, base: 0, entries: { 0: user_pte } }
      - { object: user_pte, depth: 1, base: 0, entries: { 1: page_old } }
  pages: [page_copy]
  initial: { arm64_use_ng_mappings: 1 }
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>

extern u64 user_pte[PTRS_PER_PTE], page_old[PTRS_PER_PTE], page_copy[PTRS_PER_PTE];

static struct mm_struct user_mm = { .context = { .id = { 0x10002 } } };
static struct vm_area_struct user_vma = { .vm_mm = &user_mm };
static spinlock_t ptl;
static int marked;

void copier(void)
{
	pte_t *ptep = (pte_t *)user_pte + 1;
	pte_t old;

	spin_lock(&ptl);
	old = ptep_clear_flush(&user_vma, PAGE_SIZE, ptep);
	faultline_assert(!READ_ONCE(marked) || (pte_val(old) & PTE_RDONLY) == 0);
	set_pte_at(&user_mm, PAGE_SIZE, ptep, mk_pte(virt_to_page(page_copy), PAGE_SHARED));
	spin_unlock(&ptl);

	put_page(virt_to_page(page_old));
}

/* What hardware that keeps the dirty state does when the other thread writes: in an entry that is valid, it takes the read-only bit away. */
void writer(void)
{
	u64 old = READ_ONCE(user_pte[1]);

	if ((old & PTE_VALID) && cmpxchg(&user_pte[1], old, old & ~PTE_RDONLY) == old)
		WRITE_ONCE(marked, 1);
}
