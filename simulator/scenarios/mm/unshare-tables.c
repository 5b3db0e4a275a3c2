// SPDX-License-Identifier: Apache-2.0
/*---
scenario: mm/unshare-tables
arch: arm64
on: tree
about: A table of huge pages that two processes share is taken out of one of them, and freed by the other, while another CPU runs the first.
entries: [huge_pmd_unshare, huge_pmd_unshare_flush]
files: [mm/hugetlb.c, mm/mmu_gather.c]
known:
  - kernel: '6.12'
    violation: walker-use-after-free
    window: 0
    why: tlb_flush() of arm64 asks for walk caches where tables were unshared, but tlb_get_level() looks at freed_tables alone and hints at level 2, where the leaves are; with FEAT_TTL and range invalidation the copy of the entry above need not go; found here, not confirmed by others
  - kernel: '6.1'
    violation: walker-use-after-free
    window: 0
    why: as in 6.12
axes:
  kpti: [false]
  FEAT_TLBIRANGE: [false, true]
  FEAT_TTL: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: unsharer }
    - { name: CPU1 }
  mmu:
    regime: arm64-stage1
    root: user_pgd
    levels:
      - { level: 0, shift: 39, entries: 512 }
      - { level: 1, shift: 30, entries: 512 }
      - { level: 2, shift: 21, entries: 512 }
    tables:
      - { object: user_pgd, depth: 0, base: 0, entries: { 0: user_pud } }
      - { object: user_pud, depth: 1, base: 0, entries: { 1: shared_pmd } }
      - { object: shared_pmd, depth: 2, base: '0x40000000', entries: { 0: huge_page } }
  initial: { user_mm.pgd: '&user_pgd', shared_pmd.@count: 1 }
---*/
/* History: mm/hugetlb: fix PMD table sharing, whose flush covered too little of the last sharer's tables (2025). */
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <asm/tlb.h>

#define START 0x40000000UL

extern u64 shared_pmd[PTRS_PER_PMD];

static struct hstate huge = { .order = PMD_SHIFT - PAGE_SHIFT };
static struct hugetlbfs_sb_info super_info = { .hstate = &huge };
static struct super_block super = { .s_fs_info = &super_info };
static struct inode inode = { .i_sb = &super };
static struct address_space mapping;
static struct file file = { .f_inode = &inode, .f_mapping = &mapping };
static struct mm_struct user_mm = { .context = { .id = { 0x10002 } } };
static struct vm_area_struct user_vma = { .vm_mm = &user_mm, .vm_file = &file, .vm_flags = VM_HUGETLB | VM_MAYSHARE };
static struct mmu_gather gather;

#ifdef page_ptdesc
#define SHARERS (page_ptdesc(virt_to_page(shared_pmd))->pt_share_count)
#else
#define SHARERS (virt_to_page(shared_pmd)->pt_share_count)
#endif

void unsharer(void)
{
	/* Beside this process. */
	atomic_set(&SHARERS, 1);

	i_mmap_lock_write(&mapping);
	tlb_gather_mmu(&gather, &user_mm);
	huge_pmd_unshare(&gather, &user_vma, START, (pte_t *)shared_pmd);
	huge_pmd_unshare_flush(&gather, &user_vma);
	i_mmap_unlock_write(&mapping);
	/* From here on the other process is the only one, and frees it. */
	put_page(virt_to_page(shared_pmd));
	tlb_finish_mmu(&gather);
}
