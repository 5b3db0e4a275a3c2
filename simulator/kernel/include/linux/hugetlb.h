/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_HUGETLB_H
#define FAULTLINE_HUGETLB_H

#include <linux/mm.h>

#endif
