// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/kernel-unmap
arch: riscv
about: A page that is mapped in the vmalloc area is unmapped again and freed, while another hart has used the mapping.
entries: [vunmap_range, flush_tlb_kernel_range]
files: [mm/vmalloc.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/context.c, arch/riscv/mm/init.c]
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
  asids: [false, true]
explore:
  defines: { NR_CPUS: 2, PTRS_PER_PTE: 2 }
  cpus:
    - { name: hart 0, runs: owner }
    - { name: hart 1 }
  mmu:
    regime: riscv
    root: vmalloc_table
    levels:
      - { level: 0, shift: 12, entries: 2 }
    tables:
      - { object: vmalloc_table, depth: 0, base: '0xffffaf8000000000' }
  pages: [page_x]
  initial: { '__cpu_online_mask.bits[0]': 3, nr_cpu_ids: 2 }
---*/
#include <linux/types.h>
#include <asm/pgtable.h>

#define X VMALLOC_START

extern char page_x[PAGE_SIZE];

int vmap_pages_range(unsigned long addr, unsigned long end, pgprot_t prot, void **pages, unsigned int page_shift);
void vunmap_range(unsigned long addr, unsigned long end);

void owner(void)
{
	void *pages[1] = { page_x };

	vmap_pages_range(X, X + PAGE_SIZE, PAGE_KERNEL, pages, PAGE_SHIFT);
	vunmap_range(X, X + PAGE_SIZE);
	put_page(virt_to_page(page_x));
}
