// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/probe-unmapped
arch: riscv
on: tree
variantOf: riscv/vmap-use
about: A hart with a high number uses a new mapping of another hart, then probes an address that nothing maps, with a fixup.
entries: [flush_cache_vmap, handle_exception, fixup_exception]
files: [arch/riscv/mm/fault.c, arch/riscv/mm/init.c, mm/init-mm.c, arch/riscv/kernel/entry.S]
trap: handle_exception
axes:
  invalid-entries: [cached, early-until-fence]
  Svvptc: [false, true]
excludes:
  - { Svvptc: true, invalid-entries: cached }
explore:
  cpus:
    - { name: hart 0, runs: mapper }
    - { name: hart 40, number: 40, runs: prober }
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
      - { object: kernel_pte, depth: 2, base: '0xffffffc600000000' }
  pages: [page_x]
  initial:
    init_mm.pgd: '&kernel_pgd'
    kernel_map.page_offset: '0xffffffd600000000'
    pgtable_l4_enabled: 0
    pgtable_l5_enabled: 0
---*/
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <linux/cacheflush.h>

extern pgd_t kernel_pgd[512];
extern pte_t kernel_pte[512];
extern unsigned long page_x[512];

static int x_is_mapped;

/* What vmap_pages_range() comes to. */
void mapper(void)
{
	set_pte(kernel_pte, pfn_pte(virt_to_pfn(page_x), PAGE_KERNEL));
	flush_cache_vmap(VMALLOC_START, VMALLOC_START + PAGE_SIZE);
	smp_store_release(&x_is_mapped, 1);
}

/* Its end is what copy_from_kernel_nofault() does with a stray pointer: it faults once and comes back with an error. */
void prober(void)
{
	csr_write(CSR_SATP, SATP_MODE_39 | virt_to_pfn(kernel_pgd));
	await_nonzero(&x_is_mapped);
	touch_read(VMALLOC_START);
	touch_read_nofault(VMALLOC_START + PAGE_SIZE);
}
