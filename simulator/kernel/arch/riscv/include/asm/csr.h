/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_CSR_H
#define FAULTLINE_RISCV_CSR_H

/* scause of page faults: RISC-V privileged specification, Supervisor Cause Register. */
#define EXC_INST_PAGE_FAULT 12
#define EXC_LOAD_PAGE_FAULT 13
#define EXC_STORE_PAGE_FAULT 15

#endif
