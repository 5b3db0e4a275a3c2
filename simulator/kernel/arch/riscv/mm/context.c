// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <linux/mm.h>
#include <asm/mmu_context.h>

/* The ASID in mm->context.id; what stands above it counts generations. */
unsigned long asid_mask = 0xffff;

/* Which CPUs there are; the kernel has these in kernel/cpu.c and kernel/smp.c. */
struct cpumask __cpu_online_mask;
unsigned int nr_cpu_ids;
