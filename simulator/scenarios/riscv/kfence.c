// SPDX-License-Identifier: Apache-2.0
/*---
scenario: riscv/kfence
arch: riscv
on: tree
about: A hart takes two pages out of the linear map and puts them back, as KFENCE does, with interrupts off; another, which takes out a page of its own, uses them then.
entries: [kfence_protect_page, handle_exception]
files: [arch/riscv/mm/fault.c, arch/riscv/mm/tlbflush.c, arch/riscv/mm/init.c, mm/init-mm.c, arch/riscv/kernel/entry.S]
known:
  - kernel: '6.12'
    violation: unhandled-fault
    window: 1
    why: mark_new_valid_map() has no fence between the entry and the bits, so that a hart which takes a fault on another page in between fences too early
trap: handle_exception
axes:
  invalid-entries: [cached, early]
  ipi-rfence: [false, true]
  Svvptc: [false, true]
excludes:
  - { Svvptc: true, invalid-entries: cached }
explore:
  cpus:
    - { name: hart 0, runs: owner }
    - { name: hart 1, runs: user }
  mmu:
    regime: riscv
    root: kernel_pgd
    levels:
      - { level: 2, shift: 30, entries: 512 }
      - { level: 1, shift: 21, entries: 512 }
      - { level: 0, shift: 12, entries: 512 }
    tables:
      - { object: kernel_pgd, depth: 0, base: '0xffffff8000000000', entries: { 344: kernel_pmd } }
      - { object: kernel_pmd, depth: 1, base: '0xffffffd600000000', entries: { 0: kernel_pte } }
      - { object: kernel_pte, depth: 2, base: '0xffffffd600000000', entries: { 0: page_x, 1: page_y, 2: page_z } }
  initial:
    init_mm.pgd: '&kernel_pgd'
    kernel_map.page_offset: '0xffffffd600000000'
    pgtable_l4_enabled: 0
    pgtable_l5_enabled: 0
    nr_cpu_ids: 2
    __cpu_online_mask.bits[0]: 3
---*/
/* History: it flushed on all harts by IPI, with interrupts off for as long as the linear map had small pages alone there. */
#include <linux/mm.h>
#include <linux/irqflags.h>
#include <linux/kfence.h>
#include <asm/kfence.h>

#define POOL 0xffffffd600000000UL
#define X POOL
#define Y (POOL + PAGE_SIZE)
#define OWN (POOL + 2 * PAGE_SIZE)

extern pgd_t kernel_pgd[512];

static int x_is_back, y_is_back;

/* It is freed with interrupts on, and given out under a lock that turns them off (mm/kfence/core.c). */
static void give_out(unsigned long addr, int *is_back)
{
	unsigned long flags;

	kfence_protect_page(addr, true);
	local_irq_save(flags);
	kfence_protect_page(addr, false);
	local_irq_restore(flags);
	smp_store_release(is_back, 1);
}

void owner(void)
{
	give_out(X, &x_is_back);
	give_out(Y, &y_is_back);
}

void user(void)
{
	kfence_protect_page(OWN, true);
	await_nonzero(&x_is_back);
	touch_read(X);
	await_nonzero(&y_is_back);
	touch_read(Y);
}
