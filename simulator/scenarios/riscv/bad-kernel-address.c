// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/bad-kernel-address
arch: riscv
about: A hart with a high number uses a new mapping, then probes an address that nothing maps, with a fixup.
entries: [flush_cache_vmap, handle_exception, fixup_exception]
files: [mm/vmalloc.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/context.c, arch/riscv/mm/fault.c, arch/riscv/mm/init.c, arch/riscv/kernel/entry.S, arch/riscv/kernel/asm-offsets.c]
trap: handle_exception
axes:
  invalid-entries: [cached, early, early-until-fence]
  Svvptc: [false, true]
  ipi-rfence: [false, true]
excludes:
  - { Svvptc: true, invalid-entries: cached }
explore:
  defines: { NR_CPUS: 64, PTRS_PER_PTE: 2 }
  cpus:
    - { name: hart 0, number: 0, runs: mapper }
    - { name: hart 40, number: 40, runs: prober }
  mmu:
    regime: riscv
    root: vmalloc_table
    levels:
      - { level: 0, shift: 12, entries: 2 }
    tables:
      - { object: vmalloc_table, depth: 0, base: '0xffffaf8000000000' }
  pages: [page_x]
  initial: { '__cpu_online_mask.bits[0]': 3 }
---*/
#include <linux/types.h>
#include <asm/pgtable.h>

#define X VMALLOC_START
#define NOWHERE (VMALLOC_START + PAGE_SIZE)

extern char page_x[PAGE_SIZE];
static int x_is_mapped;

int vmap_pages_range(unsigned long addr, unsigned long end, pgprot_t prot,
		     void **pages, unsigned int page_shift);

void mapper(void)
{
	void *first[1] = { page_x };

	vmap_pages_range(X, X + PAGE_SIZE, PAGE_KERNEL, first, PAGE_SHIFT);
	smp_store_release(&x_is_mapped, 1);
}

/* Its end is what copy_from_kernel_nofault() does with a stray pointer: it faults once and comes back with an error. */
void prober(void)
{
	await_nonzero(&x_is_mapped);
	touch_read(X);
	touch_read_nofault(NOWHERE);
}
