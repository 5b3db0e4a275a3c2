// SPDX-License-Identifier: Apache-2.0
#include <linux/types.h>

#include "../kernel/head.h"

struct kernel_mapping kernel_map __ro_after_init;
EXPORT_SYMBOL(kernel_map);
