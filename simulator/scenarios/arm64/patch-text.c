// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/patch-text
arch: arm64
about: Kernel text is patched while another CPU executes it, in the kernel and in a handler of an interrupt.
entries: [aarch64_insn_patch_text, kick_all_cpus_sync, el1_irq]
files: [arch/arm64/kernel/rcu.c, arch/arm64/kernel/insn.c, kernel/smp.c, kernel/rcu/tree.c, kernel/softirq.c, arch/arm64/kernel/irq.c, arch/arm64/kernel/entry.S]
interrupt: el1_irq
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
    - { name: CPU1, runs: worker, irq: device }
---*/
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

void worker(void)
{
	fetch_text(&patched_insn);
}

void device(void *info)
{
}
