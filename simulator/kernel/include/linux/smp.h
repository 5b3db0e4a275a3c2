/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_SMP_H
#define FAULTLINE_SMP_H

#include <linux/types.h>

/* A CPU mask fits a word: scenarios have few CPUs. */
static inline bool cpumask_test_cpu(int cpu, unsigned long mask)
{
	return (mask >> cpu) & 1;
}

#define get_cpu() ({ preempt_disable(); smp_processor_id(); })

#endif
