/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_THREAD_INFO_H
#define FAULTLINE_RISCV_THREAD_INFO_H

struct thread_info {
	unsigned long		flags;
	int			preempt_count;
	long			kernel_sp;	/* where the kernel's stack goes on */
	long			user_sp;	/* where the interrupted stack stood */
	int			cpu;
	unsigned long		syscall_work;
};

#endif
