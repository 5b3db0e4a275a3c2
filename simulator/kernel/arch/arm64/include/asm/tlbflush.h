/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_ARM64_TLBFLUSH_H
#define FAULTLINE_ARM64_TLBFLUSH_H

#include <linux/types.h>

/* No level is known: the TLBI carries no hint. */
#define TLBI_TTL_UNKNOWN INT_MAX

#endif
