/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_X86_PGTABLE_64_TYPES_H
#define FAULTLINE_X86_PGTABLE_64_TYPES_H

#define PGD_KERNEL_START ((PAGE_SIZE / 2) / sizeof(pgd_t))

/* What has to be copied to the other tables: entries of the topmost that hardware walks. */
#define ARCH_PAGE_TABLE_SYNC_MASK (pgtable_l5_enabled() ? PGTBL_PGD_MODIFIED : PGTBL_P4D_MODIFIED)

#endif
