/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_SMP_H
#define FAULTLINE_SMP_H

#include <linux/types.h>
#include <linux/cpumask.h>

#define get_cpu() ({ preempt_disable(); smp_processor_id(); })
#define put_cpu() preempt_enable()

#endif
