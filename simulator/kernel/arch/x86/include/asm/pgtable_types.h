/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_X86_PGTABLE_TYPES_H
#define FAULTLINE_X86_PGTABLE_TYPES_H

#include <linux/types.h>

typedef u64 pgd_t;
typedef u64 p4d_t;
typedef u64 pud_t;
typedef u64 pmd_t;
typedef u64 pte_t;
typedef u64 pgprot_t;

#define _PAGE_PRESENT 0x1UL
#define _PAGE_PSE 0x80UL
#define _KERNPG_TABLE 0x63UL
#define PAGE_KERNEL 0x163UL
#define PTE_PFN_MASK 0xffffffffff000UL

#endif
