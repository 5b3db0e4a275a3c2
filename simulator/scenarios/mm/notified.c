// SPDX-License-Identifier: Apache-2.0
/*---
scenario: mm/notified-unmap
arch: arm64
on: tree
about: A page of a process is unmapped and freed while a device that walks the same tables keeps a copy of its entry, and drops it when it is told.
entries: [zap_page_range_single, __mmu_notifier_invalidate_range_start, __mmu_notifier_invalidate_range_end, mmu_interval_read_begin]
files: [mm/memory.c, mm/mmu_gather.c, mm/mmu_notifier.c]
compiled: [mmu_notifier_*, __mmu_notifier_*]
axes:
  kpti: [false]
  FEAT_TLBIRANGE: [false]
  FEAT_TTL: [false]
  mapping-counts: [true]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: CPU1, runs: device }
  mmu:
    regime: arm64-stage1
    root: user_pgd
    levels:
      - { level: 0, shift: 39, entries: 512 }
      - { level: 1, shift: 30, entries: 512 }
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: user_pgd, depth: 0, base: 0, entries: { 0: user_pud } }
      - { object: user_pud, depth: 1, base: 0, entries: { 0: user_pmd } }
      - { object: user_pmd, depth: 2, base: 0, entries: { 2: user_pte } }
      - { object: user_pte, depth: 3, base: '0x400000', entries: { 0: page_a } }
  initial:
    user_vma.vm_mm: '&user_mm'
    user_vma.vm_start: 0x400000
    user_vma.vm_end: 0x401000
    user_vma.vm_flags: 0
    user_mm.pgd: '&user_pgd'
    page_a.@count: 1
    page_a._mapcount: 0
    highest_memmap_pfn: 0x1000000
further:
  - scenario: mm/notified-protect
    about: A page of a process is made read-only while a device that walks the same tables keeps a copy of its entry, and drops it when it is told.
    entries: [change_p4d_range, __mmu_notifier_invalidate_range_start, __mmu_notifier_invalidate_range_end, mmu_interval_read_begin]
    files: [mm/mprotect.c, mm/mmu_gather.c, mm/mmu_notifier.c]
    explore: { cpus: [{ name: CPU0, runs: protector }, { name: CPU1, runs: device }] }
  - scenario: mm/notified-move
    about: A page of a process is moved to another address while a device that walks the same tables keeps a copy of its entry, and drops it when it is told.
    entries: [move_page_tables, __mmu_notifier_invalidate_range_start, __mmu_notifier_invalidate_range_end, mmu_interval_read_begin]
    files: [mm/mremap.c, mm/mmu_gather.c, mm/mmu_notifier.c]
    explore:
      cpus: [{ name: CPU0, runs: mover }, { name: CPU1, runs: later_device }]
      initial: { __icache_flags: 0 }
      mmu:
        tables:
          - { object: user_pgd, depth: 0, base: 0, entries: { 0: user_pud } }
          - { object: user_pud, depth: 1, base: 0, entries: { 0: user_pmd } }
          - { object: user_pmd, depth: 2, base: 0, entries: { 2: user_pte, 3: new_pte } }
          - { object: user_pte, depth: 3, base: '0x400000', entries: { 0: page_a } }
          - { object: new_pte, depth: 3, base: '0x600000' }
  - scenario: mm/notified-guest
    about: A page of a process is unmapped and freed while KVM maps it to a guest that runs, and drops it when it is told.
    entries: [zap_page_range_single, __mmu_notifier_invalidate_range_start, __mmu_notifier_invalidate_range_end, kvm_mmu_invalidate_begin, kvm_mmu_invalidate_end]
    files: [mm/memory.c, mm/mmu_gather.c, mm/mmu_notifier.c, virt/kvm/kvm_main.c]
    explore:
      cpus: [{ name: CPU0, runs: unmapper }, { name: CPU1, runs: guest }]
      initial: { subscriptions.has_itree: 0, subscriptions.list.first: '&guest_sub.hlist' }
---*/
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/pgtable.h>
#include <asm/tlb.h>

#define START 0x400000UL
#define NEW 0x600000UL

extern u64 user_pgd[PTRS_PER_PGD], user_pmd[PTRS_PER_PMD], user_pte[PTRS_PER_PTE], page_a[PTRS_PER_PTE];

/* As mm/mmu_notifier.c has it. */
struct mmu_notifier_subscriptions {
	struct hlist_head list;
	bool has_itree;
	spinlock_t lock;
	unsigned long invalidate_seq;
	unsigned long active_invalidate_ranges;
	struct rb_root_cached itree;
	wait_queue_head_t wq;
	struct hlist_head deferred_list;
};

static bool dropped(struct mmu_interval_notifier *sub, const struct mmu_notifier_range *range, unsigned long cur_seq);

static const struct mmu_interval_notifier_ops device_ops = { .invalidate = dropped };

static struct mm_struct user_mm;

static struct mmu_interval_notifier device_sub = {
	.ops = &device_ops,
	.mm = &user_mm,
	.interval_tree = { .start = START, .last = START + PAGE_SIZE - 1, .__subtree_last = START + PAGE_SIZE - 1 },
};

static struct mmu_notifier_subscriptions subscriptions = {
	.has_itree = true,
	.invalidate_seq = 2,
	.itree = { .rb_root = { .rb_node = &device_sub.interval_tree.rb }, .rb_leftmost = &device_sub.interval_tree.rb },
};

static struct mm_struct user_mm = { .context = { .id = { 0x10002 } }, .notifier_subscriptions = &subscriptions };
static struct vm_area_struct user_vma;

/* What the device has of the tables, and what keeps it from using that while it changes. */
static spinlock_t device_lock;
static u64 copy;

static bool dropped(struct mmu_interval_notifier *sub, const struct mmu_notifier_range *range, unsigned long cur_seq)
{
	spin_lock(&device_lock);
	mmu_interval_set_seq(sub, cur_seq);
	copy = 0;
	spin_unlock(&device_lock);
	return true;
}

void unmapper(void)
{
	zap_page_range_single(&user_vma, START, PAGE_SIZE, NULL);
}

long change_p4d_range(struct mmu_gather *tlb, struct vm_area_struct *vma, pgd_t *pgd, unsigned long addr, unsigned long end,
		      pgprot_t newprot, unsigned long cp_flags);

static struct mmu_gather gather;

void protector(void)
{
	pgprot_t readonly = __pgprot(PTE_TYPE_PAGE | PTE_AF | PTE_SHARED | PTE_NG | PTE_USER | PTE_RDONLY | PTE_PXN | PTE_UXN);

	tlb_gather_mmu(&gather, &user_mm);
	change_p4d_range(&gather, &user_vma, (pgd_t *)user_pgd, START, START + PAGE_SIZE, readonly, 0);
	tlb_finish_mmu(&gather);
}

static int set_up;

void mover(void)
{
	/* No instructions stand in it that caches would have to be told of. */
	user_pte[0] |= PTE_UXN;
	smp_store_release(&set_up, 1);
	move_page_tables(&user_vma, START, &user_vma, NEW, PAGE_SIZE, false, false);
}

/* Under the lock of the table, as get_user_pages() does. */
static u64 walk(void)
{
	spinlock_t *ptl;
	pte_t *pte = pte_offset_map_lock(&user_mm, (pmd_t *)user_pmd + pmd_index(START), START, &ptl);
	u64 entry = READ_ONCE(user_pte[0]);

	pte_unmap_unlock(pte, ptl);
	return entry;
}

/* What it holds is in the tables, or it has been told. */
static void use(void)
{
	if (copy == 0)
		return;
	faultline_assert(copy == READ_ONCE(user_pte[0]));
	READ_ONCE(page_a[0]);
}

void device(void)
{
	unsigned long seq = mmu_interval_read_begin(&device_sub);
	u64 entry = walk();

	spin_lock(&device_lock);
	if (pte_present(__pte(entry)) && !mmu_interval_read_retry(&device_sub, seq))
		copy = entry;
	spin_unlock(&device_lock);

	spin_lock(&device_lock);
	use();
	spin_unlock(&device_lock);
}

void later_device(void)
{
	await_nonzero(&set_up);
	device();
}

/* KVM, with one page of a guest: what virt/kvm/kvm_main.c does of it for each of its slots. */
static struct kvm vm;

static int guest_range_start(struct mmu_notifier *sub, const struct mmu_notifier_range *range)
{
	write_lock(&vm.mmu_lock);
	/* Linux 6.1 takes a range as well. */
	((void (*)(struct kvm *, unsigned long, unsigned long))kvm_mmu_invalidate_begin)(&vm, range->start, range->end);
	copy = 0;
	write_unlock(&vm.mmu_lock);
	return 0;
}

static void guest_range_end(struct mmu_notifier *sub, const struct mmu_notifier_range *range)
{
	write_lock(&vm.mmu_lock);
	((void (*)(struct kvm *, unsigned long, unsigned long))kvm_mmu_invalidate_end)(&vm, range->start, range->end);
	write_unlock(&vm.mmu_lock);
}

static const struct mmu_notifier_ops guest_ops = { .invalidate_range_start = guest_range_start, .invalidate_range_end = guest_range_end };

static struct mmu_notifier guest_sub = { .ops = &guest_ops, .mm = &user_mm };

/* As faults of guests do on each architecture. */
void guest(void)
{
	unsigned long seq = vm.mmu_invalidate_seq;
	u64 entry;

	smp_rmb();
	entry = walk();
	read_lock(&vm.mmu_lock);
	if (pte_present(__pte(entry)) && !mmu_invalidate_retry(&vm, seq))
		copy = entry;
	read_unlock(&vm.mmu_lock);

	read_lock(&vm.mmu_lock);
	use();
	read_unlock(&vm.mmu_lock);
}
