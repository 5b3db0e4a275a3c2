/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_CONTEXT_TRACKING_STATE_H
#define FAULTLINE_CONTEXT_TRACKING_STATE_H

#include <linux/types.h>

#define DYNTICK_IRQ_NONIDLE	((LONG_MAX / 2) + 1)

enum ctx_state {
	CONTEXT_DISABLED	= -1,
	CONTEXT_KERNEL		= 0,
	CONTEXT_IDLE		= 1,
	CONTEXT_USER		= 2,
	CONTEXT_GUEST		= 3,
	CONTEXT_MAX		= 4,
};

/* Odd multiples of it: in the kernel. */
#define RCU_DYNTICKS_IDX CONTEXT_MAX

#define CT_STATE_MASK (CONTEXT_MAX - 1)
#define CT_DYNTICKS_MASK (~CT_STATE_MASK)

/* Where a CPU is, and how often it has come and gone, in one word. */
struct context_tracking {
#ifdef CONFIG_CONTEXT_TRACKING_USER
	bool active;
	int recursion;
#endif
#ifdef CONFIG_CONTEXT_TRACKING
	atomic_t state;
#endif
};

#ifdef CONFIG_CONTEXT_TRACKING
DECLARE_PER_CPU(struct context_tracking, context_tracking);
#endif

#endif
