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

#define get_cpu() ({ preempt_disable(); smp_processor_id(); })
#define put_cpu() preempt_enable()

#endif
