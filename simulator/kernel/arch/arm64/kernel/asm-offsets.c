// SPDX-License-Identifier: Apache-2.0
#include <asm/ptrace.h>

#define DEFINE(sym, val)	asm volatile("\n.ascii \"->" #sym " %0 " #val "\"" : : "i" (val))

int main(void)
{
	DEFINE(S_X0, offsetof(struct pt_regs, regs[0]));
	DEFINE(S_X2, offsetof(struct pt_regs, regs[2]));
	DEFINE(S_X4, offsetof(struct pt_regs, regs[4]));
	DEFINE(S_X6, offsetof(struct pt_regs, regs[6]));
	DEFINE(S_ORIG_X0, offsetof(struct pt_regs, orig_x0));
	return 0;
}
