// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/patch-text-stopped
arch: riscv
on: tree
about: All harts meet with interrupts off, the last of them patches an instruction, and the others execute it when it lets them go.
entries: [patch_text_cb]
files: [arch/riscv/kernel/patch.c]
axes:
  invalid-entries: [cached]
explore:
  cpus:
    - { name: hart 0, runs: stopped }
    - { name: hart 1, runs: stopped }
  initial: { nr_cpu_ids: 2, '__cpu_online_mask.bits[0]': 3 }
---*/
#include <linux/mm.h>
#include <linux/smp.h>
#include <asm/patch.h>

/* As arch/riscv/kernel/patch.c has it; Linux 6.1 has the instruction itself there. */
struct patch_insn {
	void *addr;
	u32 insn;
	u32 *insns;
	size_t len;
	atomic_t cpu_count;
};

static u32 patched_insn;
static u32 insns[1] = { 1 };
static struct patch_insn patch = { .addr = &patched_insn, .insn = 1, .insns = insns, .len = 4 };

/* What stop_machine() has every hart do, in a thread of its own. */
void stopped(void)
{
	local_irq_disable();
	patch_text_cb(&patch);
	faultline_assert(fetch_text(&patched_insn) == 1);
	local_irq_enable();
}
