// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <linux/smp.h>
#include <linux/debugfs.h>
#include <linux/sched/smt.h>
#include <linux/task_work.h>

#include <asm/tlbflush.h>
#include <asm/mmu_context.h>

/* From so many pages on, all translations go. */
unsigned long tlb_single_page_flush_ceiling __read_mostly = 33;

DEFINE_PER_CPU(struct tlb_state, cpu_tlbstate);
static DEFINE_PER_CPU(struct flush_tlb_info, flush_tlb_info);

static struct flush_tlb_info *get_flush_tlb_info(struct mm_struct *mm,
			unsigned long start, unsigned long end,
			unsigned int stride_shift, bool freed_tables,
			u64 new_tlb_gen)
{
	struct flush_tlb_info *info = this_cpu_ptr(&flush_tlb_info);

	info->mm = mm;
	info->start = start;
	info->end = end;
	info->stride_shift = stride_shift;
	info->freed_tables = freed_tables;
	info->new_tlb_gen = new_tlb_gen;
	info->initiating_cpu = smp_processor_id();
	return info;
}

static void put_flush_tlb_info(void)
{
}

static void do_flush_tlb_all(void *info)
{
	count_vm_tlb_event(NR_TLB_REMOTE_FLUSH_RECEIVED);
	__flush_tlb_all();
}

void flush_tlb_all(void)
{
	count_vm_tlb_event(NR_TLB_REMOTE_FLUSH);
	on_each_cpu(do_flush_tlb_all, NULL, 1);
}

static void do_kernel_range_flush(void *info)
{
	struct flush_tlb_info *f = info;
	unsigned long addr;

	for (addr = f->start; addr < f->end; addr += PAGE_SIZE)
		flush_tlb_one_kernel(addr);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	/* Past the ceiling it takes less to drop everything. */
	if (end == TLB_FLUSH_ALL ||
	    (end - start) > tlb_single_page_flush_ceiling << PAGE_SHIFT) {
		on_each_cpu(do_flush_tlb_all, NULL, 1);
	} else {
		struct flush_tlb_info *info;

		preempt_disable();
		info = get_flush_tlb_info(NULL, start, end, 0, false, TLB_GENERATION_INVALID);
		on_each_cpu(do_kernel_range_flush, info, 1);
		put_flush_tlb_info();
		preempt_enable();
	}
}

/* Kernel mappings are global: INVLPG drops them whatever the PCID. */
void flush_tlb_one_kernel(unsigned long addr)
{
	invlpg(addr);
}

void native_flush_tlb_global(void)
{
	__native_tlb_flush_global(this_cpu_read(cpu_tlbstate.cr4));
}

void flush_tlb_local(void)
{
	write_cr3(__native_read_cr3());
}

/* Without global pages there are no PCIDs either: a write of CR3 drops all. */
void __flush_tlb_all(void)
{
	if (cpu_feature_enabled(X86_FEATURE_PGE))
		native_flush_tlb_global();
	else
		flush_tlb_local();
}
EXPORT_SYMBOL_GPL(__flush_tlb_all);

void arch_tlbbatch_flush(struct arch_tlbflush_unmap_batch *batch)
{
	flush_tlb_all();
}
