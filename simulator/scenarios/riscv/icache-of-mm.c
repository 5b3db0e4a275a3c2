// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/icache-of-mm
arch: riscv
on: tree
about: A thread writes an instruction and flushes the icaches of its process, while another hart switches to a thread of the process, which executes it then.
entries: [flush_icache_mm, switch_mm]
files: [arch/riscv/mm/cacheflush.c, arch/riscv/mm/context.c]
known:
  - kernel: '6.1'
    violation: assertion
    window: 0
    why: flush_icache_deferred() reads the bit of its hart without a barrier behind the footmark in mm_cpumask, so that both harts may miss each other
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
  asids: [false]
explore:
  cpus:
    - { name: hart 0, runs: writer }
    - { name: hart 1, runs: executor }
  pages: [user_pgd, other_pgd]
  initial:
    task0.active_mm: '&user_mm'
    user_mm.pgd: '&user_pgd'
    user_mm.cpu_bitmap.bits[0]: 1
    user_mm.context.icache_stale_mask.bits[0]: 0
    other_mm.pgd: '&other_pgd'
    nr_cpu_ids: 2
    __cpu_online_mask.bits[0]: 3
---*/
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/cacheflush.h>

extern unsigned long user_pgd[512], other_pgd[512];

static struct mm_struct user_mm, other_mm;
static u32 insn;
static int is_flushed;

/* What sys_riscv_flush_icache() does behind the stores of a JIT. */
void writer(void)
{
	WRITE_ONCE(insn, 1);
	flush_icache_mm(&user_mm, false);
	smp_store_release(&is_flushed, 1);
}

void executor(void)
{
	switch_mm(&other_mm, &user_mm, current);
	await_nonzero(&is_flushed);
	faultline_assert(fetch_text(&insn) == 1);
}
