/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_SWAP_H
#define FAULTLINE_SWAP_H

#include <linux/types.h>

#endif
