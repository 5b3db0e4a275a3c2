// SPDX-License-Identifier: Apache-2.0
/* The frame around a handler of interrupts. */
#include <linux/types.h>
#include <linux/rcutree.h>

void irq_enter(void)
{
	rcu_irq_enter();
}

void irq_exit(void)
{
	rcu_irq_exit();
}
