/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_SCHED_H
#define FAULTLINE_SCHED_H

#include <linux/mm.h>

#endif
