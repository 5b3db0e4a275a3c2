/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception entry, as far as it decides what runs and in which order. Saving and restoring registers is left out: they come back as they
 * were.
 */
#include <asm/assembler.h>

	.macro	kernel_entry, el
	.endm

	.macro	kernel_exit, el
	eret
	.endm

/* The kernel faults on one of its own addresses. */
SYM_CODE_START_LOCAL(el1h_64_sync)
	kernel_entry 1
	mov	x0, sp
	bl	el1h_64_sync_handler
	kernel_exit 1
SYM_CODE_END(el1h_64_sync)
