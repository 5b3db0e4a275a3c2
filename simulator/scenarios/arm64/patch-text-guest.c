// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/patch-text-guest
arch: arm64
about: Kernel text is patched while another CPU runs a guest and comes back from it.
entries: [aarch64_insn_patch_text, kick_all_cpus_sync, kvm_arch_vcpu_ioctl_run, guest_exit]
files: [arch/arm64/kernel/rcu.c, arch/arm64/kernel/insn.c, kernel/smp.c, kernel/rcu/tree.c, kernel/context_tracking.c, virt/kvm/arm/arm.c]
axes:
  CTR_EL0.IDC: [false]
  CTR_EL0.DIC: [false]
  nohz-full: [false, true]
  vhe: [false, true]
  text_before_eqs_exit: [false, true]
  text_after_eqs_exit: [false, true]
  text_after_eqs_enter: [false, true]
explore:
  defines: { NR_CPUS: 2 }
  cpus:
    - { name: CPU0, runs: patcher }
    - { name: CPU1, runs: vcpu }
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

int kvm_arch_vcpu_ioctl_run(void);

void vcpu(void)
{
	kvm_arch_vcpu_ioctl_run();
}
