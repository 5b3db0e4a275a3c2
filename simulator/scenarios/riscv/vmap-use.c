// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/vmap-use
arch: riscv
on: tree
about: A hart maps two pages in the vmalloc area, one after the other, uses each itself and hands each to another hart.
entries: [vmap_pages_range, handle_exception, do_page_fault]
files: [mm/vmalloc.c, arch/riscv/mm/fault.c, arch/riscv/mm/init.c, mm/init-mm.c, arch/riscv/kernel/entry.S]
known:
  - kernel: '6.12'
    violation: unhandled-fault
    window: 1
    why: mark_new_valid_map() has no fence between the entry and the bits, so that a hart which takes a fault on another mapping in between fences too early
trap: handle_exception
axes:
  invalid-entries: [cached, early, early-until-fence]
  Svvptc: [false, true]
excludes:
  - { Svvptc: true, invalid-entries: cached }
explore:
  cpus:
    - { name: hart 0, runs: mapper }
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
      - { object: kernel_pte, depth: 2, base: '0xffffffc600000000' }
  pages: [page_x, page_y]
  initial:
    init_mm.pgd: '&kernel_pgd'
    kernel_map.page_offset: '0xffffffd600000000'
    pgtable_l4_enabled: 0
    pgtable_l5_enabled: 0
further:
  - scenario: riscv/probe-unmapped
    variantOf: riscv/vmap-use
    about: A hart with a high number uses a new mapping of another hart, then probes an address that nothing maps, with a fixup.
    entries: [flush_cache_vmap, handle_exception, fixup_exception]
    files: [arch/riscv/mm/fault.c, arch/riscv/mm/init.c, mm/init-mm.c, arch/riscv/kernel/entry.S]
    known: null
    axes: { invalid-entries: [cached, early-until-fence] }
    explore:
      cpus: [{ name: hart 0, runs: mapper_of_one }, { name: hart 40, number: 40, runs: prober }]
      pages: [page_x]
  - scenario: riscv/vunmap
    about: A page of a vmalloc area is unmapped and freed while another hart has used the mapping.
    entries: [vunmap_range, flush_tlb_kernel_range]
    files: [mm/vmalloc.c, mm/init-mm.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/init.c]
    known: null
    trap: null
    axes: { invalid-entries: [cached], ipi-rfence: [false, true], Svvptc: null }
    excludes: null
    explore:
      cpus: [{ name: hart 0, runs: unmapper }, { name: hart 1, runs: last_user }]
      mmu:
        tables:
          - { object: kernel_pgd, depth: 0, base: '0xffffff8000000000', entries: { 280: kernel_pmd } }
          - { object: kernel_pmd, depth: 1, base: '0xffffffc600000000', entries: { 0: kernel_pte } }
          - { object: kernel_pte, depth: 2, base: '0xffffffc600000000', entries: { 0: page_a, 1: page_b } }
      pages: null
      initial: { nr_cpu_ids: 2, '__cpu_online_mask.bits[0]': 3 }
---*/
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <linux/cacheflush.h>

#define X VMALLOC_START
#define Y (VMALLOC_START + PAGE_SIZE)

extern pgd_t kernel_pgd[512];
extern pte_t kernel_pte[512];
extern unsigned long page_x[512], page_y[512], page_a[512], page_b[512];

int vmap_pages_range(unsigned long addr, unsigned long end, pgprot_t prot, struct page **pages, unsigned int page_shift);

static struct page *first[1] = { (struct page *)page_x };
static struct page *second[1] = { (struct page *)page_y };
static int x_is_mapped, y_is_mapped, used;

void mapper(void)
{
	csr_write(CSR_SATP, SATP_MODE_39 | virt_to_pfn(kernel_pgd));
	vmap_pages_range(X, X + PAGE_SIZE, PAGE_KERNEL, first, PAGE_SHIFT);
	smp_store_release(&x_is_mapped, 1);
	touch_write(X);

	vmap_pages_range(Y, Y + PAGE_SIZE, PAGE_KERNEL, second, PAGE_SHIFT);
	smp_store_release(&y_is_mapped, 1);
	touch_write(Y);
}

void user(void)
{
	csr_write(CSR_SATP, SATP_MODE_39 | virt_to_pfn(kernel_pgd));
	await_nonzero(&x_is_mapped);
	touch_read(X);
	await_nonzero(&y_is_mapped);
	touch_read(Y);
}

/* What vmap_pages_range() comes to. */
void mapper_of_one(void)
{
	set_pte(kernel_pte, pfn_pte(virt_to_pfn(page_x), PAGE_KERNEL));
	flush_cache_vmap(X, X + PAGE_SIZE);
	smp_store_release(&x_is_mapped, 1);
}

/* Its end is what copy_from_kernel_nofault() does with a stray pointer: it faults once and comes back with an error. */
void prober(void)
{
	csr_write(CSR_SATP, SATP_MODE_39 | virt_to_pfn(kernel_pgd));
	await_nonzero(&x_is_mapped);
	touch_read(X);
	touch_read_nofault(Y);
}

void unmapper(void)
{
	await_nonzero(&used);
	vunmap_range(X, Y + PAGE_SIZE);

	/* The area is gone, and so are its pages. */
	put_page(virt_to_page(page_a));
	put_page(virt_to_page(page_b));
}

void last_user(void)
{
	touch_read(X);
	touch_read(Y);
	smp_store_release(&used, 1);
}
