// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <linux/smp.h>
#include <asm/tlbflush.h>

/* Above this many pages one full fence is cheaper than a fence a page. */
static unsigned long tlb_flush_all_threshold = 64;

static void flush_range_here(unsigned long start, unsigned long size, unsigned long stride)
{
	unsigned long at;

	if (size == FLUSH_TLB_MAX_SIZE || size > stride * tlb_flush_all_threshold) {
		local_flush_tlb_all();
		return;
	}
	for (at = start; at < start + size; at += stride)
		local_flush_tlb_page(at);
}

struct flush_range {
	unsigned long start;
	unsigned long size;
	unsigned long stride;
};

static struct flush_range kernel_flush;

static void flush_range_by_ipi(void *info)
{
	struct flush_range *range = info;

	flush_range_here(range->start, range->size, range->stride);
}

static void flush_range_everywhere(unsigned long start, unsigned long size, unsigned long stride)
{
	if (riscv_use_ipi_for_rfence()) {
		kernel_flush.start = start;
		kernel_flush.size = size;
		kernel_flush.stride = stride;
		on_each_cpu(flush_range_by_ipi, &kernel_flush, 1);
	} else {
		sbi_remote_sfence_vma(cpu_online_mask, start, size);
	}
}

void flush_tlb_all(void)
{
	flush_range_everywhere(0, FLUSH_TLB_MAX_SIZE, PAGE_SIZE);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	flush_range_everywhere(start, end - start, PAGE_SIZE);
}

void local_flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	flush_range_here(start, end - start, PAGE_SIZE);
}
