/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_MMU_H
#define FAULTLINE_RISCV_MMU_H

#include <linux/types.h>

typedef struct {
	/* The ASID below, the generation of the allocator above. */
	atomic_long_t id;
} mm_context_t;

#endif
