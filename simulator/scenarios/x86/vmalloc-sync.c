// SPDX-License-Identifier: Apache-2.0
/*---
scenario: x86/vmalloc-sync
arch: x86
about: Two CPUs each map a page of vmalloc space, where the table for both was missing, and write to it at once with the tables of a process, which get their copy of the kernel's topmost entry later.
entries: [vmap_pages_range, arch_sync_kernel_mappings, sync_global_pgds, vmalloc_fault, do_kern_addr_fault]
files: [mm/vmalloc.c, mm/memory.c, arch/x86/mm/init_64.c, arch/x86/mm/fault.c]
trap: exc_page_fault
explore:
  cpus:
    - { name: CPU0, runs: mapper }
    - { name: CPU1, runs: neighbour }
  mmu:
    regime: x86
    root: process_pgd
    levels:
      - { level: 4, shift: 39, entries: 512 }
      - { level: 3, shift: 30, entries: 512 }
      - { level: 2, shift: 21, entries: 512 }
      - { level: 1, shift: 12, entries: 512 }
    tables:
      - { object: process_pgd, depth: 0, base: '0xffff000000000000' }
      - { object: fresh_pud, depth: 1, base: '0xffffc90000000000' }
      - { object: fresh_pmd, depth: 2, base: '0xffffc90000000000' }
      - { object: fresh_pte, depth: 3, base: '0xffffc90000000000' }
  pages: [kernel_pgd, page_x, page_y]
  pool: [fresh_pud, fresh_pmd, fresh_pte]
  initial: { init_mm.pgd: '&kernel_pgd', user_mm.pgd: '&process_pgd' }
---*/
/* History: vmalloc faults were removed for v5.8, and came back on 32 bit, where the race remained. */
#include <linux/types.h>
#include <linux/mm_types.h>
#include <asm/pgtable.h>

#define X VMALLOC_START
#define Y (VMALLOC_START + PAGE_SIZE)

extern pgd_t process_pgd[512], kernel_pgd[512];
extern char page_x[PAGE_SIZE], page_y[PAGE_SIZE];

struct mm_struct init_mm, user_mm;

int vmap_pages_range(unsigned long addr, unsigned long end, pgprot_t prot,
		     void **pages, unsigned int page_shift);

void mapper(void)
{
	void *pages[1] = { page_x };

	vmap_pages_range(X, X + PAGE_SIZE, PAGE_KERNEL, pages, PAGE_SHIFT);
	touch_write(X);
}

void neighbour(void)
{
	void *pages[1] = { page_y };

	vmap_pages_range(Y, Y + PAGE_SIZE, PAGE_KERNEL, pages, PAGE_SHIFT);
	touch_write(Y);
}
