/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_TLBFLUSH_H
#define __ASM_TLBFLUSH_H

#ifndef __ASSEMBLY__

#include <linux/types.h>

/* No level is known: the TLBI carries no hint. */
#define TLBI_TTL_UNKNOWN INT_MAX

/* The operand of a TLBI by address: ASID above bit 48, then the page. */
#define __TLBI_VADDR(addr, asid)	((((addr) >> 12) & ((1UL << 44) - 1)) | ((unsigned long)(asid) << 48))

#define MAX_DVM_OPS	PTRS_PER_PTE

static inline void flush_tlb_all(void)
{
	dsb(ishst);
	__tlbi(vmalle1is);
	dsb(ish);
	isb();
}

/* Leaves of the range, for all address spaces; walks may go on to use copies of the tables above. */
static inline void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	unsigned long addr;

	if ((end - start) > (MAX_DVM_OPS * PAGE_SIZE)) {
		flush_tlb_all();
		return;
	}

	dsb(ishst);
	for (addr = start; addr < end; addr += PAGE_SIZE)
		__tlbi(vaale1is, __TLBI_VADDR(addr, 0));
	dsb(ish);
	isb();
}

/* A table that is to be freed, and the leaf under the address. */
static inline void __flush_tlb_kernel_pgtable(unsigned long kaddr)
{
	unsigned long addr = __TLBI_VADDR(kaddr, 0);

	dsb(ishst);
	__tlbi(vaae1is, addr);
	dsb(ish);
	isb();
}

/* As many pages as one range operation covers: 5 bits of NUM at the largest SCALE (DDI0601, TLBI RIPAS2E1IS). */
#define MAX_TLBI_RANGE_PAGES (32UL << 16)

/* One loop over a range serves both stages. */
#define __flush_tlb_range_op(op, start, pages, stride, asid, tlb_level, tlbi_user) \
	__flush_s2_tlb_range_op(op, start, pages, stride, tlb_level)
#endif

#endif
