/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_BITOPS_H
#define FAULTLINE_BITOPS_H

#include <linux/types.h>

/* Of one word. */
#define for_each_set_bit(bit, addr, size) \
	for ((bit) = 0; (bit) < (size); (bit)++) \
		if ((*(addr) >> (bit)) & 1)

#endif
