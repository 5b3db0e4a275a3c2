/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_RISCV_PGTABLE_TYPES_H
#define FAULTLINE_RISCV_PGTABLE_TYPES_H

#include <linux/types.h>

typedef u64 pte_t;
typedef u64 pmd_t;
typedef u64 pud_t;
typedef u64 p4d_t;
typedef u64 pgd_t;
typedef u64 pgprot_t;
typedef struct page *pgtable_t;

#endif
