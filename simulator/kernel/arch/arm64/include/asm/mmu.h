/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_ARM64_MMU_H
#define FAULTLINE_ARM64_MMU_H

#include <linux/types.h>

typedef struct {
	atomic64_t id;
} mm_context_t;

#endif
