// SPDX-License-Identifier: Apache-2.0
/*
 * Extended quiescent states, as of about v4.17: a counter of each CPU says whether RCU watches it, and others may look at the counter. To the
 * grace periods of the machine ct_idle_enter() and its like say the same.
 */
#include <linux/types.h>
#include <linux/cpumask.h>
#include <linux/rcutree.h>

struct rcu_dynticks {
	long dynticks_nesting;
	long dynticks_nmi_nesting;
	atomic_t dynticks;
};

/* The lowest bit asks for something to be done at the end of the quiescent state; the next one is on while RCU watches. */
#define RCU_DYNTICK_CTRL_MASK 0x1
#define RCU_DYNTICK_CTRL_CTR  (RCU_DYNTICK_CTRL_MASK + 1)
#ifndef rcu_eqs_special_exit
#define rcu_eqs_special_exit() do { } while (0)
#endif

#define DYNTICK_IRQ_NONIDLE 0x100000

static DEFINE_PER_CPU(struct rcu_dynticks, rcu_dynticks) = {
	.dynticks_nesting = 1,
	.dynticks_nmi_nesting = DYNTICK_IRQ_NONIDLE,
	.dynticks = { RCU_DYNTICK_CTRL_CTR },
};

/* Others that see the new value see all that this CPU has done. */
static void rcu_dynticks_eqs_enter(void)
{
	struct rcu_dynticks *rdtp = this_cpu_ptr(&rcu_dynticks);
	int seq;

	ct_idle_enter();
	seq = atomic_add_return(RCU_DYNTICK_CTRL_CTR, &rdtp->dynticks);
	WARN_ON_ONCE(IS_ENABLED(CONFIG_RCU_EQS_DEBUG) &&
		     (seq & RCU_DYNTICK_CTRL_CTR));
}

/* What this CPU does from here on comes after what others did before they saw the old value. */
static void rcu_dynticks_eqs_exit(void)
{
	struct rcu_dynticks *rdtp = this_cpu_ptr(&rcu_dynticks);
	int seq;

	seq = atomic_add_return(RCU_DYNTICK_CTRL_CTR, &rdtp->dynticks);
	WARN_ON_ONCE(IS_ENABLED(CONFIG_RCU_EQS_DEBUG) &&
		     !(seq & RCU_DYNTICK_CTRL_CTR));
	if (seq & RCU_DYNTICK_CTRL_MASK) {
		atomic_andnot(RCU_DYNTICK_CTRL_MASK, &rdtp->dynticks);
		smp_mb__after_atomic();
		rcu_eqs_special_exit();
	}
	ct_idle_exit();
}

static bool rcu_dynticks_curr_cpu_in_eqs(void)
{
	struct rcu_dynticks *rdtp = this_cpu_ptr(&rcu_dynticks);

	return !(atomic_read(&rdtp->dynticks) & RCU_DYNTICK_CTRL_CTR);
}

/* Whether a value of the counter is one of a quiescent state. */
static bool rcu_dynticks_in_eqs(int snap)
{
	return !(snap & RCU_DYNTICK_CTRL_CTR);
}

/* Asks a CPU in a quiescent state for something at its end; false where it is in none. */
bool rcu_eqs_special_set(int cpu)
{
	int old;
	int new;
	struct rcu_dynticks *rdtp = &per_cpu(rcu_dynticks, cpu);

	do {
		old = atomic_read(&rdtp->dynticks);
		if (old & RCU_DYNTICK_CTRL_CTR)
			return false;
		new = old | RCU_DYNTICK_CTRL_MASK;
	} while (atomic_cmpxchg(&rdtp->dynticks, old, new) != old);
	return true;
}

/* A quiescent state in passing, without the end of what runs. */
static void rcu_momentary_dyntick_idle(void)
{
	struct rcu_dynticks *rdtp = this_cpu_ptr(&rcu_dynticks);

	atomic_add_return(2 * RCU_DYNTICK_CTRL_CTR, &rdtp->dynticks);
}

static void rcu_eqs_enter(bool user)
{
	struct rcu_dynticks *rdtp = this_cpu_ptr(&rcu_dynticks);

	rdtp->dynticks_nesting = 0;
	rdtp->dynticks_nmi_nesting = 0;
	rcu_dynticks_eqs_enter();
}

static void rcu_eqs_exit(bool user)
{
	struct rcu_dynticks *rdtp = this_cpu_ptr(&rcu_dynticks);

	rcu_dynticks_eqs_exit();
	rdtp->dynticks_nesting = 1;
	rdtp->dynticks_nmi_nesting = DYNTICK_IRQ_NONIDLE;
}

void rcu_idle_enter(void)
{
	rcu_eqs_enter(false);
}

void rcu_idle_exit(void)
{
	unsigned long flags;

	local_irq_save(flags);
	rcu_eqs_exit(false);
	local_irq_restore(flags);
}

void rcu_user_enter(void)
{
	rcu_eqs_enter(true);
}

void rcu_user_exit(void)
{
	rcu_eqs_exit(true);
}

void rcu_irq_enter(void)
{
	struct rcu_dynticks *rdtp = this_cpu_ptr(&rcu_dynticks);
	long incby = 2;

	if (rcu_dynticks_curr_cpu_in_eqs()) {
		rcu_dynticks_eqs_exit();
		incby = 1;
	}
	rdtp->dynticks_nmi_nesting += incby;
}

void rcu_irq_exit(void)
{
	struct rcu_dynticks *rdtp = this_cpu_ptr(&rcu_dynticks);

	if (rdtp->dynticks_nmi_nesting != 1) {
		rdtp->dynticks_nmi_nesting -= 2;
		return;
	}
	rdtp->dynticks_nmi_nesting = 0;
	rcu_dynticks_eqs_enter();
}
