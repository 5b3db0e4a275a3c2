// SPDX-License-Identifier: Apache-2.0
/* Calls on other CPUs that serve to make them stop for a moment. */
#include <linux/types.h>
#include <linux/cpumask.h>
#include <linux/rcutree.h>
#include <linux/smp.h>

static void do_nothing(void *unused)
{
}

/* Returns when every other CPU has taken an interrupt that was sent after the caller's stores. */
void kick_all_cpus_sync(void)
{
	/* Make sure the change is visible before we kick the cpus */
	smp_mb();
	smp_call_function(do_nothing, NULL, 1);
}
EXPORT_SYMBOL_GPL(kick_all_cpus_sync);

/* Idle CPUs look at their work again. */
void wake_up_all_idle_cpus(void)
{
	int cpu;

	for_each_online_cpu(cpu) {
		if (cpu == smp_processor_id())
			continue;
		smp_call_function_single(cpu, do_nothing, NULL, 0);
	}
}
