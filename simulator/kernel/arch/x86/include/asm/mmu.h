/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_X86_MMU_H
#define FAULTLINE_X86_MMU_H

#include <linux/types.h>

typedef struct {
	u64 ctx_id;
	atomic64_t tlb_gen;
} mm_context_t;

#endif
