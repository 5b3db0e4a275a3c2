// SPDX-License-Identifier: Apache-2.0
/*---
scenario: kvm-arm64/stage2-map-block
arch: arm64
on: tree
about: A fault maps a block where a guest has a table of pages, while another CPU runs the guest; the table and its page are freed.
entries: [kvm_pgtable_stage2_map, __kvm_tlb_flush_vmid_ipa, __kvm_tlb_flush_vmid]
files: [arch/arm64/kvm/mmu.c, arch/arm64/kvm/hyp/pgtable.c, arch/arm64/kvm/hyp/vhe/tlb.c]
axes:
  FEAT_TLBIRANGE: [false, true]
  FEAT_S2FWB: [true]
  FEAT_TTL: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: block_mapper }
    - { name: vCPU1 }
  mmu:
    regime: arm64-stage2
    root: s2_root
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: s2_root, depth: 0, base: 0, entries: { 0: s2_table } }
      - { object: s2_table, depth: 1, base: 0, entries: { 0: page_old } }
  blocks: [block]
further:
  - scenario: kvm-arm64/stage2-map-replace
    about: A fault maps another page where a guest's stage-2 table maps one already, while another CPU runs the guest; the old page is freed.
    entries: [kvm_pgtable_stage2_map, __kvm_tlb_flush_vmid_ipa]
    axes: { FEAT_TLBIRANGE: [false] }
    explore: { cpus: [{ name: CPU0, runs: page_mapper }, { name: vCPU1 }], pages: [page_new], blocks: null }
    measure: { what: 'one page of a guest replaced by another' }
  - scenario: kvm-arm64/stage2-map-parallel
    about: Two faults of a guest are handled at the same time, each under mmu_lock for read; one maps a page into the table that the other replaces by a block and frees.
    axes: { FEAT_TLBIRANGE: [false], FEAT_TTL: [true] }
    explore: { cpus: [{ name: CPU0, runs: block_fault }, { name: CPU1, runs: page_fault }], pages: [page_new] }
  - scenario: kvm-arm64/stage2-map-new-table
    about: Two faults of a guest are handled at the same time, each under mmu_lock for read; the table that both of their pages need is missing, and each brings one.
    entries: [kvm_pgtable_stage2_map, kvm_mmu_memory_cache_alloc]
    files: [arch/arm64/kvm/mmu.c, arch/arm64/kvm/hyp/pgtable.c, arch/arm64/kvm/hyp/vhe/tlb.c, virt/kvm/kvm_main.c]
    axes: { FEAT_TLBIRANGE: [false], FEAT_TTL: [true] }
    explore:
      cpus: [{ name: CPU0, runs: first_fault }, { name: CPU1, runs: second_fault }]
      mmu:
        tables:
          - { object: s2_root, depth: 0, base: 0 }
          - { object: table_a, depth: 1, base: 0 }
          - { object: table_b, depth: 1, base: 0 }
      pages: [page_a, page_b]
      blocks: null
  - scenario: kvm-arm64/stage2-map-first
    about: A page is mapped under mmu_lock for write, with a table that was allocated for it, while another CPU runs the guest.
    entries: [kvm_pgtable_stage2_map, kvm_mmu_memory_cache_alloc]
    files: [arch/arm64/kvm/mmu.c, arch/arm64/kvm/hyp/pgtable.c, arch/arm64/kvm/hyp/vhe/tlb.c, virt/kvm/kvm_main.c]
    axes: { FEAT_TLBIRANGE: [false], FEAT_TTL: [true] }
    explore:
      cpus: [{ name: CPU0, runs: first_mapper }, { name: vCPU1, runs: guest }]
      mmu:
        tables:
          - { object: s2_root, depth: 0, base: 0 }
          - { object: table_a, depth: 1, base: 0 }
      pages: [page_a]
      pool: [table_a]
      blocks: null
  - scenario: kvm-arm64/dirty-log
    about: A guest's page is write-protected and flushed before the log of written pages is read, while another CPU runs the guest; then two vCPUs write to it at the same time, and each of them makes it writable.
    entries: [kvm_mmu_wp_memory_region, kvm_pgtable_stage2_wrprotect, kvm_pgtable_stage2_relax_perms, __kvm_tlb_flush_vmid_range, __kvm_tlb_flush_vmid_ipa_nsh]
    files: [arch/arm64/kvm/mmu.c, arch/arm64/kvm/nested.c, arch/arm64/kvm/hyp/pgtable.c, arch/arm64/kvm/hyp/vhe/tlb.c, virt/kvm/kvm_main.c]
    # The log relies on what hardware does not update by itself: stage 2 has no dirty state here.
    axes: { FEAT_TLBIRANGE: [false], FEAT_TTL: [false, true], hd: [false] }
    explore: { cpus: [{ name: CPU0, runs: logger }, { name: CPU1, runs: writer }], blocks: null }
---*/
#include <linux/kvm_host.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>

extern u64 s2_root[PTRS_PER_PTE], s2_table[PTRS_PER_PTE], table_a[PTRS_PER_PTE], table_b[PTRS_PER_PTE];
extern u64 page_old[PTRS_PER_PTE], page_new[PTRS_PER_PTE], page_a[PTRS_PER_PTE], page_b[PTRS_PER_PTE], block[PTRS_PER_PTE];
extern struct kvm_pgtable_mm_ops kvm_s2_mm_ops;

void kvm_mmu_wp_memory_region(struct kvm *kvm, int slot);

static struct kvm guest_kvm;

static struct kvm_pgtable guest_pgt = {
	.ia_bits = 31,
	.start_level = 2,
	.pgd = (kvm_pteref_t)s2_root,
	.mm_ops = &kvm_s2_mm_ops,
	.mmu = &guest_kvm.arch.mmu,
};

/* Of its memory there is one page, in one slot. */
static struct kvm_memory_slot guest_slot = { .npages = 1 };
static struct kvm_memslots guest_slots = { .id_hash = { { .first = &guest_slot.id_node[0] } } };
static struct kvm guest_kvm = {
	.arch = { .mmu = { .pgt = &guest_pgt, .arch = &guest_kvm.arch } },
	.memslots = { &guest_slots },
};

/* Since 6.2 the walk takes flags, and faults are handled in parallel; before, one after the other. */
#ifdef KVM_PGTABLE_LAST_LEVEL
#define SHARED (KVM_PGTABLE_WALK_HANDLE_FAULT | KVM_PGTABLE_WALK_SHARED)
#define fault_lock() read_lock(&guest_kvm.mmu_lock)
#define fault_unlock() read_unlock(&guest_kvm.mmu_lock)
#define stage2_map(addr, size, page, mc, flags) kvm_pgtable_stage2_map(&guest_pgt, addr, size, __pa(page), PROT, mc, flags)
#else
#define fault_lock() write_lock(&guest_kvm.mmu_lock)
#define fault_unlock() write_unlock(&guest_kvm.mmu_lock)
#define stage2_map(addr, size, page, mc, flags) kvm_pgtable_stage2_map(&guest_pgt, addr, size, __pa(page), PROT, mc)
#endif
#define PROT (KVM_PGTABLE_PROT_R | KVM_PGTABLE_PROT_W)

static void map(u64 size, u64 *page)
{
	write_lock(&guest_kvm.mmu_lock);
	stage2_map(0, size, page, NULL, 0);
	write_unlock(&guest_kvm.mmu_lock);
}

static void map_over(u64 size, u64 *page)
{
	map(size, page);

	/* The guest is entered again, by an exception return, and repeats its access. */
	isb();
	touch_write(0);

	put_page(virt_to_page(page_old));
}

void block_mapper(void)
{
	map_over(PMD_SIZE, block);
}

void page_mapper(void)
{
	/* With the attributes that it gives to pages, so that the two entries differ in their address alone. */
	map(PAGE_SIZE, page_old);
	map_over(PAGE_SIZE, page_new);
}

void block_fault(void)
{
	fault_lock();
	stage2_map(0, PMD_SIZE, block, NULL, SHARED);
	fault_unlock();

	/* The guest is entered again, by an exception return. */
	isb();
	put_page(virt_to_page(page_old));
}

void page_fault(void)
{
	fault_lock();
	stage2_map(PMD_SIZE - PAGE_SIZE, PAGE_SIZE, page_new, NULL, SHARED);
	fault_unlock();
	isb();
}

/* Filled before the lock was taken. */
static void *object_a = table_a, *object_b = table_b;
static struct kvm_mmu_memory_cache cache_a = { .nobjs = 1, .capacity = 1, .objects = &object_a };
static struct kvm_mmu_memory_cache cache_b = { .nobjs = 1, .capacity = 1, .objects = &object_b };

static void handle_fault(u64 addr, u64 *page, struct kvm_mmu_memory_cache *mc)
{
	int ret;

	fault_lock();
	ret = stage2_map(addr, PAGE_SIZE, page, mc, SHARED);
	fault_unlock();

	/* The guest is entered again, by an exception return; where nothing came of it, it takes the fault once more. */
	isb();
	if (ret == 0)
		touch_write(addr);
}

void first_fault(void)
{
	handle_fault(0, page_a, &cache_a);
}

void second_fault(void)
{
	handle_fault(PMD_SIZE - PAGE_SIZE, page_b, &cache_b);
}

/* The cache is filled before the lock is taken: no more than the lock stands between the clearing of the table and its place in the tree. */
void first_mapper(void)
{
	static void *object;
	static struct kvm_mmu_memory_cache cache = { .nobjs = 1, .capacity = 1, .objects = &object };

	object = (void *)__get_free_page(GFP_KERNEL | __GFP_ZERO);
	write_lock(&guest_kvm.mmu_lock);
	stage2_map(0, PAGE_SIZE, page_a, &cache, 0);
	write_unlock(&guest_kvm.mmu_lock);

	/* The guest is entered again, by an exception return, and repeats its access. */
	isb();
	touch_write(0);
}

void guest(void)
{
	try_touch_read(0);
}

static int is_logged;

/* A vCPU takes a fault for permissions, and goes back to the guest by an exception return. Does its write get through now? */
static bool write_after_fault(void)
{
	read_lock(&guest_kvm.mmu_lock);
	kvm_pgtable_stage2_relax_perms(&guest_pgt, 0, PROT);
	read_unlock(&guest_kvm.mmu_lock);
	isb();
	return try_touch_write(0);
}

/* Nobody protects the page any more. It may fault once more for nothing; a second time means for ever. */
static void write_to_page(void)
{
	if (!write_after_fault())
		faultline_assert(write_after_fault());
}

void logger(void)
{
	kvm_mmu_wp_memory_region(&guest_kvm, 0);

	/* Whoever reads the log now takes a page that is not in it to be unchanged from here on. */
	faultline_translation_gone(&s2_table[0]);
	/* A write faults, which brings the page into it. */
	faultline_assert(!try_touch_write(0));
	smp_store_release(&is_logged, 1);
	write_to_page();
}

void writer(void)
{
	await_nonzero(&is_logged);
	write_to_page();
}
