/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_ARM64_ASSEMBLER_H
#define FAULTLINE_ARM64_ASSEMBLER_H

#ifdef __ASSEMBLY__
	.macro	enable_da_f
	msr	daifclr, #0xd
	.endm

	.macro	enable_daif
	msr	daifclr, #0xf
	.endm

	.macro	disable_daif
	msr	daifset, #0xf
	.endm
#endif

#endif
