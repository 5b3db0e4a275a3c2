// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>

#ifdef CONFIG_CONTEXT_TRACKING_IDLE
#include <linux/context_tracking.h>

DEFINE_PER_CPU(struct context_tracking, context_tracking) = {
	.state = ATOMIC_INIT(RCU_DYNTICKS_IDX),
};

static __always_inline void rcu_dynticks_task_trace_enter(void) { }
static __always_inline void rcu_dynticks_task_trace_exit(void) { }

/*
 * Out of the kernel. What the CPU did before comes before, to whoever
 * finds it gone.
 */
static noinstr void ct_kernel_exit_state(int offset)
{
	int seq;

	rcu_dynticks_task_trace_enter();
	seq = ct_state_inc(offset);
	WARN_ON_ONCE(seq & RCU_DYNTICKS_IDX);
}

/*
 * Into the kernel. What the CPU does then comes after, to whoever found it
 * gone.
 */
static noinstr void ct_kernel_enter_state(int offset)
{
	int seq;

	seq = ct_state_inc(offset);
	rcu_dynticks_task_trace_exit();
	WARN_ON_ONCE(!(seq & RCU_DYNTICKS_IDX));
}

/* On the way to user mode, interrupts off. */
void noinstr __ct_user_enter(enum ctx_state state)
{
	ct_kernel_exit_state(RCU_DYNTICKS_IDX + state);
}

/* Back from user mode, interrupts off. */
void noinstr __ct_user_exit(enum ctx_state state)
{
	ct_kernel_enter_state(RCU_DYNTICKS_IDX - state);
}

#else
/* Before v6.0, RCU counted for itself. */
/* User mode and guests of a CPU that runs without a tick are quiescent states. */
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
#endif
