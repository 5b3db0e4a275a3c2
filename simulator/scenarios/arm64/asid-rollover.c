// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/asid-rollover
arch: arm64
on: tree
about: There is no ASID left for a new process; while one CPU begins them anew, another comes back to a process that has one of before.
entries: [check_and_switch_context]
files: [arch/arm64/mm/context.c]
axes:
  kpti: [false]
explore:
  # With them 60,000 states; kvm-arm64/vmid-rollover, which is alike, runs with them.
  window: 0
  cpus:
    - { name: CPU0, runs: allocator }
    - { name: CPU1, runs: follower }
  pages: [old_pgd, new_pgd, reserved_pg_dir]
  initial:
    old_mm.pgd: '&old_pgd'
    old_mm.context.id: 0x10001
    new_mm.pgd: '&new_pgd'
    new_mm.context.id: 0
    # Three bits; what is set and runs nowhere is of processes that are gone.
    asid_bits: 3
    asid_map: '&used'
    'used[0]': 0xff
    asid_generation: 0x10000
    'active_asids[0]': 0x10003
    'active_asids[1]': 0x10002
    nr_cpu_ids: 2
    __cpu_possible_mask.bits[0]: 3
    __cpu_online_mask.bits[0]: 3
further:
  - scenario: arm64/asid-kept
    about: A process runs on without a switch, while another CPU, which runs it at times, begins the ASIDs anew twice; the process keeps its ASID, which its flushes name.
    explore:
      cpus: [{ name: CPU0, runs: twice }, { name: CPU1 }]
      pages: [old_pgd, new_pgd, newer_pgd, last_pgd, reserved_pg_dir]
      initial:
        newer_mm.pgd: '&newer_pgd'
        newer_mm.context.id: 0
        last_mm.pgd: '&last_pgd'
        last_mm.context.id: 0
        asid_bits: 2
        'used[0]': 0xf
        'active_asids[0]': 0x10001
        'active_asids[1]': 0x10001
---*/
/* What an ASID stands for changes, and copies under it stay until their CPU has flushed. */
#include <linux/mm.h>
#include <linux/mmu_context.h>

extern unsigned long old_pgd[512], new_pgd[512], newer_pgd[512], last_pgd[512];

static struct mm_struct old_mm, new_mm, newer_mm, last_mm, gone_mm;
static unsigned long used[1], nobody[1];
static int left, entered;

static void switch_to_mm(struct mm_struct *mm)
{
	check_and_switch_context(mm);
	faultline_runs_process(mm, ASID(mm));
}

static void has_run(struct mm_struct *mm, u64 asid)
{
	faultline_runs_process(mm, asid);
	faultline_runs_process(&nobody, 0);
}

void allocator(void)
{
	has_run(&gone_mm, 1);
	await_nonzero(&left);
	switch_to_mm(&new_mm);

	/* Both run now. What is flushed of one must not be missed for the other. */
	await_nonzero(&entered);
	faultline_assert(ASID(&old_mm) != ASID(&new_mm));
}

void follower(void)
{
	has_run(&gone_mm, 2);
	smp_store_release(&left, 1);
	switch_to_mm(&old_mm);
	smp_store_release(&entered, 1);
}

/* CPU1 runs the old process all the while, and nobody interrupts it: flushes of that process have to name the ASID under which it does. */
void twice(void)
{
	faultline_runs_process(&old_mm, 1);
	switch_to_mm(&new_mm);
	switch_to_mm(&old_mm);
	switch_to_mm(&newer_mm);
	switch_to_mm(&last_mm);
	faultline_assert(ASID(&last_mm) != 1);
	switch_to_mm(&old_mm);
	faultline_assert(ASID(&old_mm) == 1);
}
