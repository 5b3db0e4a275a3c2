/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_CACHEFLUSH_H
#define FAULTLINE_RISCV_CACHEFLUSH_H

#include <linux/types.h>
#include <asm/pgtable.h>
#include <asm/tlbflush.h>

static inline bool is_vmalloc_or_module_addr(const void *x)
{
	unsigned long addr = (unsigned long)x;

	return (addr >= VMALLOC_START && addr < VMALLOC_END) ||
	       (addr >= MODULES_VADDR && addr < MODULES_END);
}

#define flush_icache_user_page(vma, pg, addr, len) \
	flush_icache_mm(vma->vm_mm, 0)

#ifdef CONFIG_64BIT
/*@ until v6.7 */
#define flush_cache_vmap(start, end)	flush_tlb_kernel_range(start, end)
/*@ else */
#define flush_cache_vmap(start, end)		flush_tlb_kernel_range(start, end)
#define flush_cache_vmap_early(start, end)	local_flush_tlb_kernel_range(start, end)
/*@ end */
#endif

#ifndef CONFIG_SMP
#define flush_icache_all() local_flush_icache_all()
#endif

#endif
