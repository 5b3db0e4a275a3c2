/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_X86_TRAP_PF_H
#define FAULTLINE_X86_TRAP_PF_H

/* What an error code of a page fault says: SDM vol. 3, Page-Fault Exceptions. */
#define X86_PF_PROT BIT(0)
#define X86_PF_WRITE BIT(1)
#define X86_PF_USER BIT(2)
#define X86_PF_RSVD BIT(3)
#define X86_PF_INSTR BIT(4)
#define X86_PF_PK BIT(5)

/* The tables at hand are those of the process. */
extern struct mm_struct user_mm;
#define read_cr3_pa() __pa(user_mm.pgd)

#endif
