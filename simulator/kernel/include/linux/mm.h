/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_MM_H
#define FAULTLINE_MM_H

#include <linux/mm_types.h>
#include <asm/pgtable.h>

struct mmu_gather;

/*@ until v5.10 */
void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm,
		    unsigned long start, unsigned long end);
void tlb_finish_mmu(struct mmu_gather *tlb,
		    unsigned long start, unsigned long end);
/*@ else */
void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm);
void tlb_gather_mmu_fullmm(struct mmu_gather *tlb, struct mm_struct *mm);
void tlb_finish_mmu(struct mmu_gather *tlb);
/*@ end */

#endif
