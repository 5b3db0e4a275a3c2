/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTLINE_PATCHED_TEXT_H
#define FAULTLINE_PATCHED_TEXT_H

#include <linux/types.h>

/* An instruction that somebody patches: a jump label, a tracepoint, a probe. The scenario brings it. */
extern u32 patched_insn;

/* Such an instruction may stand anywhere. The axis says whether this place is where it stands. */
#define run_patched_text(place)			\
	do {					\
		if (axis(place))		\
			fetch_text(&patched_insn);	\
	} while (0)

#endif
