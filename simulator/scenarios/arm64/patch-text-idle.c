// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/patch-text-idle
arch: arm64
about: Kernel text is patched while another CPU goes to sleep in the idle loop and wakes up again.
entries: [aarch64_insn_patch_text, kick_all_cpus_sync, do_idle, arch_cpu_idle]
files: [arch/arm64/kernel/rcu.c, arch/arm64/kernel/insn.c, kernel/smp.c, kernel/rcu/tree.c, arch/arm64/kernel/process.c, kernel/sched/idle.c]
axes:
  CTR_EL0.IDC: [false]
  CTR_EL0.DIC: [false]
  text_before_eqs_exit: [false, true]
  text_after_eqs_exit: [false, true]
  text_after_eqs_enter: [false, true]
explore:
  defines: { NR_CPUS: 2 }
  cpus:
    - { name: CPU0, runs: patcher }
    - { name: CPU1, runs: idler }
---*/
/*
 * Stands for the proposals of 2018 to spare CPUs in an extended quiescent state the interrupt that makes them execute patched text: what they
 * execute before the interrupt that is not sent must be new text, too.
 */
#include <linux/types.h>
#include <linux/patched_text.h>
#include <linux/rcutree.h>

u32 patched_insn;

int aarch64_insn_patch_text(void *addrs[], u32 insns[], int cnt);

void patcher(void)
{
	void *addrs[1] = { &patched_insn };
	u32 insns[1] = { 1 };

	aarch64_insn_patch_text(addrs, insns, 1);
	/* Who relies on the patch from here on: what the old instruction led to may go. */
	faultline_text_gone(&patched_insn);
}

void do_idle(void);

void idler(void)
{
	do_idle();
	run_patched_text(text_after_eqs_exit);
}
