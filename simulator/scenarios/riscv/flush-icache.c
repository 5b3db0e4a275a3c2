// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/flush-icache
arch: riscv
on: tree
about: Kernel text is written anew, and icaches are flushed while another hart executes it.
entries: [flush_icache_all]
files: [arch/riscv/mm/cacheflush.c]
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
explore:
  cpus:
    - { name: hart 0, runs: patcher }
    - { name: hart 1, runs: worker }
  initial: { '__cpu_online_mask.bits[0]': 3, nr_cpu_ids: 2 }
further:
  - scenario: riscv/patch-text
    about: An instruction of the kernel is patched while another hart executes it.
    entries: [patch_text_nosync]
    files: [arch/riscv/kernel/patch.c, arch/riscv/mm/cacheflush.c]
    explore:
      cpus:
        - { name: hart 0, runs: text_patcher }
        - { name: hart 1, runs: worker }
---*/
#include <linux/mm.h>
#include <linux/cacheflush.h>
#include <asm/patch.h>

static u32 patched_insn;

void patcher(void)
{
	WRITE_ONCE(patched_insn, 1);
	flush_icache_range((unsigned long)&patched_insn, (unsigned long)&patched_insn + 4);
	/* Who relies on the patch from here on: what the old instruction led to may go. */
	faultline_text_gone(&patched_insn);
	fetch_text(&patched_insn);
}

void text_patcher(void)
{
	u32 insn = 1;

	patch_text_nosync(&patched_insn, &insn, sizeof(insn));
	faultline_text_gone(&patched_insn);
}

void worker(void)
{
	fetch_text(&patched_insn);
	fetch_text(&patched_insn);
}
