/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_CPUMASK_H
#define FAULTLINE_CPUMASK_H

#include <linux/types.h>

/* Scenarios have few CPUs: one word names them all. */
struct cpumask {
	unsigned long bits[1];
};

typedef struct cpumask cpumask_t;

/* Scenarios say which they have. */
extern struct cpumask __cpu_online_mask;
#define cpu_online_mask ((const struct cpumask *)&__cpu_online_mask)

/* Numbers from 0 up to the word's size stand for CPUs; the first one that is none. */
extern unsigned int nr_cpu_ids;

/* Every CPU of a scenario is online; NR_CPUS is the scenario's. */
#define for_each_online_cpu(cpu)	for ((cpu) = 0; (cpu) < NR_CPUS; (cpu)++)

static inline bool cpumask_empty(const struct cpumask *srcp)
{
	return READ_ONCE(srcp->bits[0]) == 0;
}

static inline unsigned int cpumask_any_but(const struct cpumask *mask, unsigned int cpu)
{
	unsigned long others = READ_ONCE(mask->bits[0]) & ~(1UL << cpu);

	return others ? __ffs(others) : nr_cpu_ids;
}

static inline void cpumask_setall(struct cpumask *dstp)
{
	dstp->bits[0] = ~0UL;
}

static inline void cpumask_clear(struct cpumask *dstp)
{
	dstp->bits[0] = 0;
}

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *dstp)
{
	set_bit(cpu, dstp->bits);
}

static inline void cpumask_clear_cpu(int cpu, struct cpumask *dstp)
{
	clear_bit(cpu, dstp->bits);
}

#endif
