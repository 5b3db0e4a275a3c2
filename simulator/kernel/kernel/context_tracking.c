// SPDX-License-Identifier: Apache-2.0
/* User mode and guests of a CPU that runs without a tick are quiescent states. */
#include <linux/types.h>
#include <linux/patched_text.h>
#include <linux/rcutree.h>

/* On the way to user mode, the last that the kernel does there. */
void context_tracking_user_enter(void)
{
	if (context_tracking_enabled_this_cpu())
		rcu_user_enter();
	run_patched_text(text_after_eqs_enter);
}

/* On the way from user mode, among the first. */
void context_tracking_user_exit(void)
{
	run_patched_text(text_before_eqs_exit);
	if (context_tracking_enabled_this_cpu())
		rcu_user_exit();
}

void guest_enter_irqoff(void)
{
	if (context_tracking_enabled_this_cpu())
		rcu_user_enter();
}

void guest_exit(void)
{
	if (context_tracking_enabled_this_cpu())
		rcu_user_exit();
}
