/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_ASM_H
#define FAULTLINE_RISCV_ASM_H

#ifdef __ASSEMBLY__
#define REG_L ld
#define REG_S sd
#endif

#endif
