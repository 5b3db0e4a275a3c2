// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/vunmap
arch: riscv
on: tree
about: A page of a vmalloc area is unmapped and freed while another hart has used the mapping.
entries: [vunmap_range, flush_tlb_kernel_range]
files: [mm/vmalloc.c, mm/init-mm.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/init.c]
axes:
  invalid-entries: [cached]
  ipi-rfence: [false, true]
explore:
  cpus:
    - { name: hart 0, runs: unmapper }
    - { name: hart 1, runs: user }
  mmu:
    regime: riscv
    root: kernel_pgd
    levels:
      - { level: 2, shift: 30, entries: 512 }
      - { level: 1, shift: 21, entries: 512 }
      - { level: 0, shift: 12, entries: 512 }
    tables:
      - { object: kernel_pgd, depth: 0, base: '0xffffff8000000000', entries: { 280: kernel_pmd } }
      - { object: kernel_pmd, depth: 1, base: '0xffffffc600000000', entries: { 0: kernel_pte } }
      - { object: kernel_pte, depth: 2, base: '0xffffffc600000000', entries: { 0: page_a, 1: page_b } }
  initial:
    init_mm.pgd: '&kernel_pgd'
    kernel_map.page_offset: '0xffffffd600000000'
    pgtable_l4_enabled: 0
    pgtable_l5_enabled: 0
    nr_cpu_ids: 2
    __cpu_online_mask.bits[0]: 3
---*/
#include <linux/mm.h>
#include <linux/vmalloc.h>

extern pgd_t kernel_pgd[512];
extern unsigned long page_a[512], page_b[512];

static int used;

void unmapper(void)
{
	await_nonzero(&used);
	vunmap_range(VMALLOC_START, VMALLOC_START + 2 * PAGE_SIZE);

	/* The area is gone, and so are its pages. */
	put_page(virt_to_page(page_a));
	put_page(virt_to_page(page_b));
}

void user(void)
{
	touch_read(VMALLOC_START);
	touch_read(VMALLOC_START + PAGE_SIZE);
	smp_store_release(&used, 1);
}
