/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of ESR_EL1, as far as page faults need them: Arm ARM DDI 0487, "ESR_EL1, Exception Syndrome Register (EL1)". */
#ifndef FAULTLINE_ARM64_ESR_H
#define FAULTLINE_ARM64_ESR_H

#define ESR_ELx_EC_IABT_CUR	(0x21)
#define ESR_ELx_EC_DABT_LOW	(0x24)
#define ESR_ELx_EC_DABT_CUR	(0x25)
#define ESR_ELx_EC_SHIFT	(26)
#define ESR_ELx_EC(esr)		(((esr) >> ESR_ELx_EC_SHIFT) & 0x3F)

#define ESR_ELx_WNR		(1UL << 6)

/* Fault status codes, of data aborts and of instruction aborts. */
#define ESR_ELx_FSC		(0x3F)
#define ESR_ELx_FSC_TYPE	(0x3C)
#define ESR_ELx_FSC_LEVEL	(0x03)
#define ESR_ELx_FSC_EXTABT	(0x10)
#define ESR_ELx_FSC_MTE		(0x11)
#define ESR_ELx_FSC_SERROR	(0x11)
#define ESR_ELx_FSC_ACCESS	(0x08)
#define ESR_ELx_FSC_FAULT	(0x04)
#define ESR_ELx_FSC_PERM	(0x0C)
#define ESR_ELx_FSC_SEA_TTW0	(0x14)
#define ESR_ELx_FSC_SEA_TTW1	(0x15)

#endif
