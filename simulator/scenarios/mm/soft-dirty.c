// SPDX-License-Identifier: Apache-2.0
/*---
scenario: mm/soft-dirty
arch: riscv
about: The pages of a process are made read-only, to see which are written from then on, while another thread of it runs on another hart.
entries: [clear_refs_write, tlb_finish_mmu, flush_tlb_mm]
files: [fs/proc/task_mmu.c, mm/mmu_gather.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/context.c, arch/riscv/mm/init.c]
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
  asids: [false]
explore:
  defines: { NR_CPUS: 2, PTRS_PER_PTE: 2, PTRS_PER_PMD: 2, PTRS_PER_PGD: 2 }
  cpus:
    - { name: hart 0, runs: clearer }
    - { name: hart 1 }
  mmu:
    regime: riscv
    root: user_pte
    levels:
      - { level: 0, shift: 12, entries: 2 }
    tables:
      - { object: user_pte, depth: 0, base: 0, entries: [page_a] }
  initial: { clear_refs_ptep: '&user_pte', 'user_mm.cpu_bitmap.bits[0]': 3, nr_cpu_ids: 2 }
---*/
#include <linux/types.h>
#include <linux/mm.h>
#include <asm/tlb.h>

extern pte_t user_pte[PTRS_PER_PTE];

static struct mm_struct user_mm;

long clear_refs_write(struct mm_struct *mm, int type);

/* Whoever reads the bits next takes what is not dirty to be unchanged. */
void clearer(void)
{
	clear_refs_write(&user_mm, 4);
	faultline_translation_gone(user_pte);
}
