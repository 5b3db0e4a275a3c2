// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>
#include <linux/mm.h>
#include <asm/mmu_context.h>

/* The ASID in mm->context.id; what stands above it counts generations. */
unsigned long asid_mask = 0xffff;
