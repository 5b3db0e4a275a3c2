/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_X86_CACHEFLUSH_H
#define FAULTLINE_X86_CACHEFLUSH_H

#include <asm/tlbflush.h>

/* An entry that was not present is in no cache of translations. */
#define flush_cache_vmap(start, end) do { } while (0)
#define flush_cache_vunmap(start, end) do { } while (0)

#endif
