// SPDX-License-Identifier: Apache-2.0
#include <asm/thread_info.h>

void asm_offsets(void);

void asm_offsets(void)
{
	OFFSET(TASK_TI_FLAGS, task_struct, thread_info.flags);
	OFFSET(TASK_TI_PREEMPT_COUNT, task_struct, thread_info.preempt_count);
	OFFSET(TASK_TI_KERNEL_SP, task_struct, thread_info.kernel_sp);
	OFFSET(TASK_TI_USER_SP, task_struct, thread_info.user_sp);
	OFFSET(TASK_TI_CPU_NUM, task_struct, thread_info.cpu);
}
