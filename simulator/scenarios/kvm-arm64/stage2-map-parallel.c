// SPDX-License-Identifier: Apache-2.0
/*---
scenario: kvm-arm64/stage2-map-parallel
arch: arm64
on: tree
about: Two faults of a guest are handled at the same time, each under mmu_lock for read; one maps a page into the table that the other replaces by a block and frees.
entries: [kvm_pgtable_stage2_map, __kvm_tlb_flush_vmid_ipa, __kvm_tlb_flush_vmid]
files: [arch/arm64/kvm/mmu.c, arch/arm64/kvm/hyp/pgtable.c, arch/arm64/kvm/hyp/vhe/tlb.c]
axes:
  FEAT_TLBIRANGE: [false]
  FEAT_S2FWB: [true]
  FEAT_TTL: [true]
explore:
  cpus:
    - { name: CPU0, runs: block_fault }
    - { name: CPU1, runs: page_fault }
  mmu:
    regime: arm64-stage2
    root: s2_root
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: s2_root, depth: 0, base: 0, entries: { 0: s2_table } }
      - { object: s2_table, depth: 1, base: 0, entries: { 0: page_old } }
  pages: [page_new]
  blocks: [block]
---*/
#include <linux/kvm_host.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>

extern u64 s2_root[PTRS_PER_PTE], page_old[PTRS_PER_PTE], page_new[PTRS_PER_PTE], block[PTRS_PER_PTE];
extern struct kvm_pgtable_mm_ops kvm_s2_mm_ops;

static struct kvm_s2_mmu guest_mmu;
static struct kvm_arch guest_arch;
static rwlock_t guest_lock;

static struct kvm_pgtable guest_pgt = {
	.ia_bits = 31,
	.start_level = 2,
	.pgd = (kvm_pteref_t)s2_root,
	.mm_ops = &kvm_s2_mm_ops,
	.mmu = &guest_mmu,
};

static struct kvm_s2_mmu guest_mmu = { .pgt = &guest_pgt, .arch = &guest_arch };

/* Since 6.2 faults are handled in parallel; before, one after the other. */
#ifdef KVM_PGTABLE_LAST_LEVEL
#define FLAGS (KVM_PGTABLE_WALK_HANDLE_FAULT | KVM_PGTABLE_WALK_SHARED)
#define fault_lock() read_lock(&guest_lock)
#define fault_unlock() read_unlock(&guest_lock)
#define stage2_map(addr, size, page) \
	kvm_pgtable_stage2_map(&guest_pgt, addr, size, __pa(page), KVM_PGTABLE_PROT_R | KVM_PGTABLE_PROT_W, NULL, FLAGS)
#else
#define fault_lock() write_lock(&guest_lock)
#define fault_unlock() write_unlock(&guest_lock)
#define stage2_map(addr, size, page) \
	kvm_pgtable_stage2_map(&guest_pgt, addr, size, __pa(page), KVM_PGTABLE_PROT_R | KVM_PGTABLE_PROT_W, NULL)
#endif

void block_fault(void)
{
	fault_lock();
	stage2_map(0, PMD_SIZE, block);
	fault_unlock();

	/* The guest is entered again, by an exception return. */
	isb();
	put_page(virt_to_page(page_old));
}

void page_fault(void)
{
	fault_lock();
	stage2_map(PMD_SIZE - PAGE_SIZE, PAGE_SIZE, page_new);
	fault_unlock();
	isb();
}
