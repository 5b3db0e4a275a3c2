// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/paravirt-flush
arch: x86
on: tree
about: A guest of KVM unmaps and frees a page of a process while the host stops and runs again the vCPU that another thread of the process runs on.
entries: [kvm_flush_tlb_multi, native_flush_tlb_multi, flush_tlb_func]
files: [arch/x86/kernel/kvm.c, arch/x86/mm/tlb.c, arch/x86/mm/init.c]
trap: page_fault
axes:
  invpcid: [true]
explore:
  cpus:
    - { name: vCPU0, runs: unmapper }
    - { name: vCPU1, runs: other, accesses: listed }
  mmu:
    regime: x86
    root: user_table
    levels:
      - { level: 1, shift: 12, entries: 512 }
    tables:
      - { object: user_table, depth: 0, base: '0x200000', entries: { 0: page_a } }
  initial:
    user_mm.pgd: '&user_table'
    user_mm.context.ctx_id: 2
    user_mm.context.tlb_gen: 1
    user_mm.cpu_bitmap.bits[0]: 3
    cpu_tlbstate[0].loaded_mm: '&user_mm'
    cpu_tlbstate[0].ctxs[0].ctx_id: 2
    cpu_tlbstate[0].ctxs[0].tlb_gen: 1
    cpu_tlbstate[1].loaded_mm: '&user_mm'
    cpu_tlbstate[1].ctxs[0].ctx_id: 2
    cpu_tlbstate[1].ctxs[0].tlb_gen: 1
    user_mm.context.next_trim_cpumask: 1
    jiffies: 0
    nr_cpu_ids: 2
---*/
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/kvm_para.h>
#include <asm/tlbflush.h>

#define START 0x200000UL

extern pte_t user_table[512];
extern unsigned long page_a[512];

void kvm_flush_tlb_multi(const struct cpumask *cpumask, const struct flush_tlb_info *info);

static struct mm_struct user_mm;
static const struct flush_tlb_info info = {
	.mm = &user_mm, .start = START, .end = START + PAGE_SIZE, .stride_shift = PAGE_SHIFT, .new_tlb_gen = 2
};

/* What flush_tlb_mm_range() does where pv_ops has the flush of KVM. */
void unmapper(void)
{
	WRITE_ONCE(user_table[0], __pte(0));
	inc_mm_tlb_gen(&user_mm);
	kvm_flush_tlb_multi(mm_cpumask(&user_mm), &info);
	put_page(virt_to_page(page_a));
}

void other(void)
{
	u8 *preempted = &per_cpu(steal_time, 1).preempted;

	/*
	 * The host runs something else, and the vCPU, whose hardware may have the page's translation, takes no interrupts. Before it goes on,
	 * the host does what it was asked for meanwhile.
	 */
	local_irq_disable();
	WRITE_ONCE(*preempted, KVM_VCPU_PREEMPTED);
	if (xchg(preempted, 0) & KVM_VCPU_FLUSH_TLB)
		native_flush_tlb_global();
	local_irq_enable();
	touch_read_nofault(START);
}

void page_fault(void)
{
	fixup_exception(NULL, 0, 0, 0);
	asm volatile("iretq");
}
