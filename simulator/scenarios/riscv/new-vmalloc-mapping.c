// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/new-vmalloc-mapping
arch: riscv
about: A hart maps two pages in the vmalloc area, one after the other, uses each itself and hands each to another hart.
entries: [vmap_pages_range, flush_cache_vmap, handle_exception]
files: [mm/vmalloc.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/context.c, arch/riscv/mm/fault.c, arch/riscv/mm/init.c, arch/riscv/kernel/entry.S, arch/riscv/kernel/asm-offsets.c]
trap: handle_exception
axes:
  invalid-entries: [cached, early, early-until-fence]
  Svvptc: [false, true]
  ipi-rfence: [false, true]
excludes:
  - { Svvptc: true, invalid-entries: cached }
explore:
  defines: { NR_CPUS: 2, PTRS_PER_PTE: 2 }
  cpus:
    - { name: hart 0, runs: mapper }
    - { name: hart 1, runs: user }
  mmu:
    regime: riscv
    root: vmalloc_table
    levels:
      - { level: 0, shift: 12, entries: 2 }
    tables:
      - { object: vmalloc_table, depth: 0, base: '0xffffaf8000000000' }
  pages: [page_x, page_y]
  initial: { '__cpu_online_mask.bits[0]': 3 }
measure:
  what: one new mapping, used by each of 4 harts
  defines: { NR_CPUS: 4, PTRS_PER_PTE: 2, ONE_MAPPING: 1 }
  cpus:
    - { name: hart 0, runs: mapper }
    - { name: hart 1, runs: user }
    - { name: hart 2, runs: user }
    - { name: hart 3, runs: user }
  mmu:
    regime: riscv
    root: vmalloc_table
    levels:
      - { level: 0, shift: 12, entries: 2 }
    tables:
      - { object: vmalloc_table, depth: 0, base: '0xffffaf8000000000' }
  pages: [page_x, page_y]
  initial: { '__cpu_online_mask.bits[0]': 15 }
---*/
#include <linux/types.h>
#include <asm/pgtable.h>

#define X VMALLOC_START
#define Y (VMALLOC_START + PAGE_SIZE)

extern char page_x[PAGE_SIZE], page_y[PAGE_SIZE];
static int x_is_mapped, y_is_mapped;

int vmap_pages_range(unsigned long addr, unsigned long end, pgprot_t prot,
		     void **pages, unsigned int page_shift);

void mapper(void)
{
	void *first[1] = { page_x };
	void *second[1] = { page_y };

	vmap_pages_range(X, X + PAGE_SIZE, PAGE_KERNEL, first, PAGE_SHIFT);
	smp_store_release(&x_is_mapped, 1);
	touch_write(X);
#ifndef ONE_MAPPING
	vmap_pages_range(Y, Y + PAGE_SIZE, PAGE_KERNEL, second, PAGE_SHIFT);
	smp_store_release(&y_is_mapped, 1);
	touch_write(Y);
#endif
}

void user(void)
{
	await_nonzero(&x_is_mapped);
	touch_read(X);
#ifndef ONE_MAPPING
	await_nonzero(&y_is_mapped);
	touch_read(Y);
#endif
}
