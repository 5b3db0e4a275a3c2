// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/vunmap-isolated
arch: x86
about: A page of a vmalloc area is unmapped and freed while another CPU, which has used the mapping, is on its way to user mode, there, or on its way back; its hardware may use what it kept at any time.
entries: [vunmap_range, flush_tlb_kernel_range, ct_kernel_exit_state, ct_kernel_enter_state]
files: [mm/vmalloc.c, arch/x86/mm/tlb.c, kernel/context_tracking.c]
explore:
  defines: { PTRS_PER_PTE: 2, CONFIG_PGTABLE_LEVELS: 1 }
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, runs: isolated }
  mmu:
    regime: x86
    root: vmalloc_table
    levels:
      - { level: 1, shift: 12, entries: 2 }
    tables:
      - { object: vmalloc_table, depth: 0, base: '0xffffc90000000000', entries: [page_x, null] }
---*/
/* History: flushes deferred for CPUs in user mode, proposed since 2023 and not merged. */
#include <linux/types.h>
#include <linux/mm_types.h>
#include <linux/context_tracking.h>
#include <asm/pgtable.h>

#define X VMALLOC_START

extern char page_x[PAGE_SIZE];
static int used;

struct mm_struct init_mm, user_mm;

void vunmap_range(unsigned long addr, unsigned long end);

void unmapper(void)
{
	await_nonzero(&used);
	vunmap_range(X, X + PAGE_SIZE);
	put_page(virt_to_page(page_x));
}

void isolated(void)
{
	touch_read(X);
	smp_store_release(&used, 1);

	local_irq_disable();
	__ct_user_enter(CONTEXT_USER);
	local_irq_enable();
	/* User mode. */
	local_irq_disable();
	__ct_user_exit(CONTEXT_USER);
	local_irq_enable();
}
