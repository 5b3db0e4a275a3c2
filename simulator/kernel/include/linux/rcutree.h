/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_RCUTREE_H
#define __LINUX_RCUTREE_H

#include <linux/types.h>
#include <linux/cpumask.h>

void rcu_barrier(void);
void rcu_barrier_bh(void);
void rcu_barrier_sched(void);
unsigned long get_state_synchronize_rcu(void);
void cond_synchronize_rcu(unsigned long oldstate);
unsigned long get_state_synchronize_sched(void);
void cond_synchronize_sched(unsigned long oldstate);

bool rcu_eqs_special_set(int cpu);
void rcu_idle_enter(void);
void rcu_idle_exit(void);
void rcu_user_enter(void);
void rcu_user_exit(void);
void rcu_irq_enter(void);
void rcu_irq_exit(void);

#endif
