/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_SBI_H
#define FAULTLINE_RISCV_SBI_H

#include <linux/cpumask.h>

#endif
