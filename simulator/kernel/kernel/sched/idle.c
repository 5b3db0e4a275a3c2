// SPDX-License-Identifier: Apache-2.0
/* The idle loop, once around. */
#include <linux/types.h>
#include <linux/rcutree.h>

void arch_cpu_idle(void);
void arch_cpu_idle_enter(void);
void arch_cpu_idle_exit(void);

void __weak arch_cpu_idle_enter(void)
{
}

void __weak arch_cpu_idle_exit(void)
{
}

/* RCU watches again before the caller goes on. */
static void cpuidle_idle_call(void)
{
	rcu_idle_enter();
	arch_cpu_idle();
	rcu_idle_exit();
}

void do_idle(void)
{
	local_irq_disable();
	arch_cpu_idle_enter();
	cpuidle_idle_call();
	arch_cpu_idle_exit();
}
