/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_MM_TYPES_H
#define FAULTLINE_MM_TYPES_H

#include <linux/types.h>
#include <asm/pgtable_types.h>

typedef struct { int held; } spinlock_t;

struct pt_regs;
struct vm_area_struct;
struct vmem_altmap;

struct mm_struct {
	pgd_t *pgd;
	spinlock_t page_table_lock;
};

#endif
