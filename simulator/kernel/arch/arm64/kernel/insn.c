// SPDX-License-Identifier: Apache-2.0
/* Kernel text is changed while others execute it. */
#include <linux/types.h>
#include <linux/smp.h>

static int __kprobes aarch64_insn_write(void *addr, u32 insn)
{
	WRITE_ONCE(*(u32 *)addr, insn);
	return 0;
}

/* Branches, NOP and the like may change at any time: others execute the one or the other. */
static bool aarch64_insn_hotpatch_safe(u32 old_insn, u32 new_insn)
{
	return true;
}

int __kprobes aarch64_insn_patch_text_nosync(void *addr, u32 insn)
{
	int ret;

	ret = aarch64_insn_write(addr, insn);
	if (ret == 0)
		caches_clean_inval_pou((unsigned long)addr, (unsigned long)addr + AARCH64_INSN_SIZE);

	return ret;
}

int __kprobes aarch64_insn_patch_text(void *addrs[], u32 insns[], int cnt)
{
	int ret;

	if (cnt == 1 && aarch64_insn_hotpatch_safe(0, insns[0])) {
		/* Who is interrupted goes on with the new instruction. */
		ret = aarch64_insn_patch_text_nosync(addrs[0], insns[0]);
		kick_all_cpus_sync();
		return ret;
	}

	return -EINVAL;
}
