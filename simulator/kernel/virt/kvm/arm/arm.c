// SPDX-License-Identifier: Apache-2.0
/* A guest is run once. */
#include <linux/types.h>
#include <linux/patched_text.h>

void guest_enter_irqoff(void);
void guest_exit(void);

/*
 * With VHE this code runs at EL2: the guest is entered by an exception return and left by an exception to where this code runs. Without, a
 * call takes the CPU to EL2, which enters and leaves the guest, and an exception return brings it back.
 */
static void kvm_vcpu_run(void)
{
	asm volatile("hvc #0");
	if (!has_vhe())
		asm volatile("hvc #0");
}

int kvm_arch_vcpu_ioctl_run(void)
{
	local_irq_disable();
	guest_enter_irqoff();
	run_patched_text(text_after_eqs_enter);
	kvm_vcpu_run();
	run_patched_text(text_before_eqs_exit);
	local_irq_enable();
	guest_exit();
	run_patched_text(text_after_eqs_exit);
	return 0;
}
