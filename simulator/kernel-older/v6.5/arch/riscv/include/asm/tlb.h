/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_TLB_H
#define FAULTLINE_RISCV_TLB_H

struct mmu_gather;

static void tlb_flush(struct mmu_gather *tlb);

#define tlb_flush tlb_flush
#include <asm-generic/tlb.h>

static inline void tlb_flush(struct mmu_gather *tlb)
{
	flush_tlb_mm(tlb->mm);
}

#endif
