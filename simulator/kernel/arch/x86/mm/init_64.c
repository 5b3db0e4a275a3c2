// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <linux/mm_types.h>
#include <asm/pgtable.h>
#include <asm/cacheflush.h>

/* The scenario has one process beside the kernel's own tables. */
extern struct mm_struct user_mm;
static spinlock_t pgd_lock;

static void sync_global_pgds_l4(unsigned long start, unsigned long end)
{
	unsigned long addr;

	for (addr = start; addr <= end; addr = ALIGN(addr + 1, PGDIR_SIZE)) {
		p4d_t *p4d_ref = p4d_offset(pgd_offset_k(addr), addr);
		p4d_t *p4d;

		if (p4d_none(*p4d_ref))
			continue;
		spin_lock(&pgd_lock);
		p4d = p4d_offset(user_mm.pgd + pgd_index(addr), addr);
		if (p4d_none(*p4d))
			set_p4d(p4d, *p4d_ref);
		spin_unlock(&pgd_lock);
	}
}

/* Copies what the kernel's own tables have to those of processes. */
void sync_global_pgds(unsigned long start, unsigned long end)
{
	sync_global_pgds_l4(start, end);
}

void arch_sync_kernel_mappings(unsigned long start, unsigned long end)
{
	sync_global_pgds(start, end);
}
