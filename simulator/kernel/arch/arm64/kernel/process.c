// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <linux/patched_text.h>

/* Waits for an interrupt, which it need not take: they are masked. */
static void cpu_do_idle(void)
{
	dsb(sy);
	wfi();
}

void arch_cpu_idle(void)
{
	trace_cpu_idle_rcuidle(1, smp_processor_id());
	run_patched_text(text_after_eqs_enter);
	cpu_do_idle();
	run_patched_text(text_before_eqs_exit);
	local_irq_enable();
	trace_cpu_idle_rcuidle(PWR_EVENT_EXIT, smp_processor_id());
}

#ifdef CONFIG_HOTPLUG_CPU
void arch_cpu_idle_dead(void)
{
	cpu_die();
}
#endif
