/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_ARM64_PTRACE_H
#define FAULTLINE_ARM64_PTRACE_H

#include <linux/types.h>

struct pt_regs {
	u64 regs[31];
	u64 sp;
	u64 pc;
	u64 pstate;
	u64 orig_x0;
	u64 syscallno;
};

#endif
