// SPDX-License-Identifier: Apache-2.0
/*---
scenario: arm64/patch-text-stopped
arch: arm64
on: tree
about: All CPUs meet with interrupts off, the last of them patches an instruction, and the others execute it when it lets them go.
entries: [aarch64_insn_patch_text_cb, aarch64_insn_patch_text_nosync, caches_clean_inval_pou]
files: [arch/arm64/kernel/patching.c]
axes:
  CTR_EL0.IDC: [false]
  CTR_EL0.DIC: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: stopped }
    - { name: CPU1, runs: stopped }
  initial: { __num_online_cpus: 2 }
---*/
#include <linux/smp.h>
#include <asm/patching.h>

/* As arch/arm64/kernel/patching.c has it. */
struct aarch64_insn_patch {
	void **text_addrs;
	u32 *new_insns;
	int insn_cnt;
	atomic_t cpu_count;
};

int aarch64_insn_patch_text_cb(void *arg);

u32 patched_insn;

static void *addrs[1] = { &patched_insn };
static u32 insns[1] = { 1 };
static struct aarch64_insn_patch patch = { .text_addrs = addrs, .new_insns = insns, .insn_cnt = 1 };

/* What stop_machine() has every CPU do, in a thread of its own: nothing makes up for what is left out before the instruction is executed. */
void stopped(void)
{
	local_irq_disable();
	aarch64_insn_patch_text_cb(&patch);
	faultline_assert(fetch_text(&patched_insn) == 1);
	local_irq_enable();
}
