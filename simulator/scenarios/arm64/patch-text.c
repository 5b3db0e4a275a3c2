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
further:
  # The proposals of 2018 were to spare CPUs in an extended quiescent state the interrupt that makes them execute patched text: what they
  # execute before the interrupt that is not sent must be new text, too.
  - scenario: arm64/patch-text-guest
    about: Kernel text is patched while another CPU runs a guest and comes back from it.
    entries: [aarch64_insn_patch_text, kick_all_cpus_sync, kvm_arch_vcpu_ioctl_run, guest_exit]
    files: [arch/arm64/kernel/rcu.c, arch/arm64/kernel/insn.c, kernel/smp.c, kernel/rcu/tree.c, kernel/context_tracking.c, virt/kvm/arm/arm.c]
    interrupt: null
    axes: { nohz-full: [false, true], vhe: [false, true] }
    explore: { cpus: [{ name: CPU0, runs: patcher }, { name: CPU1, runs: vcpu }] }
  - scenario: arm64/patch-text-idle
    about: Kernel text is patched while another CPU goes to sleep in the idle loop and wakes up again.
    entries: [aarch64_insn_patch_text, kick_all_cpus_sync, do_idle, arch_cpu_idle]
    files: [arch/arm64/kernel/rcu.c, arch/arm64/kernel/insn.c, kernel/smp.c, kernel/rcu/tree.c, arch/arm64/kernel/process.c, kernel/sched/idle.c]
    interrupt: null
    explore: { cpus: [{ name: CPU0, runs: patcher }, { name: CPU1, runs: idler }] }
  - scenario: arm64/patch-text-idle-irq
    about: Kernel text is patched while another CPU sleeps in the idle loop and takes an interrupt there.
    entries: [aarch64_insn_patch_text, kick_all_cpus_sync, el1_irq, irq_enter]
    files: [arch/arm64/kernel/rcu.c, arch/arm64/kernel/insn.c, kernel/smp.c, kernel/rcu/tree.c, kernel/softirq.c, arch/arm64/kernel/irq.c, arch/arm64/kernel/entry.S]
    interrupt: null
    explore: { cpus: [{ name: CPU0, runs: patcher }, { name: CPU1, runs: interrupted_idler }] }
  - scenario: arm64/patch-text-user
    about: Kernel text is patched while another CPU is in user mode, comes into the kernel for a system call, and goes back.
    entries: [aarch64_insn_patch_text, kick_all_cpus_sync, el0_svc, context_tracking_user_exit]
    files: [arch/arm64/kernel/rcu.c, arch/arm64/kernel/insn.c, kernel/smp.c, kernel/rcu/tree.c, kernel/context_tracking.c, arch/arm64/kernel/entry.S, arch/arm64/kernel/asm-offsets.c]
    interrupt: null
    axes: { nohz-full: [false, true] }
    explore: { cpus: [{ name: CPU0, runs: patcher }, { name: CPU1, runs: user }] }
    measure:
      what: one patch of text, with one CPU in the kernel and two in user mode
      defines: { NR_CPUS: 4 }
      cpus:
        - { name: CPU0, runs: counted_patcher }
        - { name: CPU1, runs: busy }
        - { name: CPU2, runs: stays_in_user_mode }
        - { name: CPU3, runs: stays_in_user_mode }
---*/
#include <linux/types.h>
#include <linux/patched_text.h>
#include <linux/rcutree.h>

u32 patched_insn;
u64 saved_regs[36];

int aarch64_insn_patch_text(void *addrs[], u32 insns[], int cnt);
void el1_irq(void (*handler)(void *), void *info);

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

/* As handlers do, it looks at something under RCU. */
void device(void *info)
{
	rcu_read_lock();
	rcu_read_unlock();
}

void do_idle(void);

void idler(void)
{
	do_idle();
	run_patched_text(text_after_eqs_exit);
}

void interrupted_idler(void)
{
	rcu_idle_enter();
	wfi();
	/* An interrupt comes. */
	local_irq_disable();
	asm volatile("svc #0");
	el1_irq(device, NULL);
	local_irq_enable();
	rcu_idle_exit();
}

int kvm_arch_vcpu_ioctl_run(void);

void vcpu(void)
{
	kvm_arch_vcpu_ioctl_run();
}

void el0_svc(void);

void invoke_syscall(void)
{
	run_patched_text(text_after_eqs_exit);
}

void user(void)
{
	if (axis(nohz-full))
		rcu_user_enter();
	/* User mode, until it makes a system call. */
	asm volatile("svc #0");
	el0_svc();
}

/* What is counted: two CPUs are in user mode for as long as the patch takes. */
static int in_user_mode[NR_CPUS], patched;

void counted_patcher(void)
{
	await_nonzero(&in_user_mode[2]);
	await_nonzero(&in_user_mode[3]);
	patcher();
	smp_store_release(&patched, 1);
}

void busy(void)
{
	await_nonzero(&patched);
}

void stays_in_user_mode(void)
{
	if (axis(nohz-full))
		rcu_user_enter();
	smp_store_release(&in_user_mode[smp_processor_id()], 1);
	await_nonzero(&patched);
}
