// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <linux/mm.h>
#include <asm/tlb.h>

enum clear_refs_types {
	CLEAR_REFS_ALL = 1,
	CLEAR_REFS_SOFT_DIRTY = 4,
};

/* The entries of a process; the scenario brings them. */
extern pte_t *clear_refs_ptep;

/* From the next write on, an entry counts as dirty: it loses the bit and the right to be written. */
static void clear_soft_dirty(struct mm_struct *mm, unsigned long addr, pte_t *pte)
{
	set_pte(pte, pte_wrprotect(READ_ONCE(*pte)));
}

long clear_refs_write(struct mm_struct *mm, enum clear_refs_types type);
long clear_refs_write(struct mm_struct *mm, enum clear_refs_types type)
{
/*@ until v5.10 */
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, mm, 0, -1);
/*@ end */
	if (type == CLEAR_REFS_SOFT_DIRTY) {
/*@ since v6.5 */
		inc_tlb_flush_pending(mm);
/*@ end */
		mmu_notifier_invalidate_range_start(NULL);
	}
	clear_soft_dirty(mm, 0, clear_refs_ptep);
/*@ until v5.10 */
	if (type == CLEAR_REFS_SOFT_DIRTY)
/*@ else */
	if (type == CLEAR_REFS_SOFT_DIRTY) {
/*@ end */
		mmu_notifier_invalidate_range_end(NULL);
/*@ until v5.10 */
	tlb_finish_mmu(&tlb, 0, -1);
/*@ else */
		flush_tlb_mm(mm);
		dec_tlb_flush_pending(mm);
	}
/*@ end */
	return 0;
}
