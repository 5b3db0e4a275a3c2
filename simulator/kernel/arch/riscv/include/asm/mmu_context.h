/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_MMU_CONTEXT_H
#define FAULTLINE_RISCV_MMU_CONTEXT_H

#include <linux/mm.h>

/* Whether harts have ASIDs is asked of the axis `asids`. */
extern int use_asid_allocator;

#endif
