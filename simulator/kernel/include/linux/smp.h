/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_SMP_H
#define FAULTLINE_SMP_H

#include <linux/types.h>
#include <linux/cpumask.h>

typedef void (*smp_call_func_t)(void *info);

struct cpumask;

#ifdef CONFIG_SMP

int smp_call_function_any(const struct cpumask *mask,
			  smp_call_func_t func, void *info, int wait);

void kick_all_cpus_sync(void);
void wake_up_all_idle_cpus(void);

#else

/* One CPU: nobody else is called. */
static inline int
smp_call_function_any(const struct cpumask *mask, smp_call_func_t func,
		      void *info, int wait)
{
	func(info);
	return 0;
}

static inline void kick_all_cpus_sync(void) {  }
static inline void wake_up_all_idle_cpus(void) {  }

#endif

typedef bool (*smp_cond_func_t)(int cpu, void *info);

/* As on_each_cpu(), for those CPUs of which a condition holds. */
static inline void on_each_cpu_cond(smp_cond_func_t cond_func, smp_call_func_t func,
				    void *info, bool wait)
{
	unsigned long online = faultline_online_cpus();
	unsigned long mask = 0;
	int cpu;

	preempt_disable();
	for (cpu = 0; online >> cpu; cpu++)
		if (((online >> cpu) & 1) && (!cond_func || cond_func(cpu, info)))
			mask |= 1UL << cpu;
	on_each_cpu_mask(mask, func, info, wait);
	preempt_enable();
}

#define get_cpu() ({ preempt_disable(); smp_processor_id(); })
#define put_cpu() preempt_enable()

#endif
