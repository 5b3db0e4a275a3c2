/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_CONTEXT_TRACKING_H
#define FAULTLINE_CONTEXT_TRACKING_H

#include <linux/bitops.h>
#include <linux/sched.h>
#include <linux/vtime.h>
#include <linux/context_tracking_state.h>
#include <linux/instrumentation.h>

#include <asm/ptrace.h>

/* Forms that no tracer sees do the same here. */
#define raw_atomic_add_return(i, v) atomic_add_return(i, v)
#define arch_atomic_add_return(i, v) atomic_add_return(i, v)
#define arch_atomic_read(v) atomic_read(v)
#define arch_atomic_cmpxchg(v, old, new) atomic_cmpxchg(v, old, new)

void __ct_user_enter(enum ctx_state state);
void __ct_user_exit(enum ctx_state state);

static __always_inline unsigned long ct_state_inc(int incby)
{
	return raw_atomic_add_return(incby, this_cpu_ptr(&context_tracking.state));
}

static __always_inline bool warn_rcu_enter(void)
{
	bool ret = false;

	return ret;
}

#endif
