// SPDX-License-Identifier: Apache-2.0
/*---
scenario: kvm-arm64/stage2-unmap
arch: arm64
on: tree
about: Two pages of a guest, all that their stage-2 table maps, are unmapped under mmu_lock while another CPU runs the guest.
entries: [kvm_pgtable_stage2_unmap, __kvm_tlb_flush_vmid_ipa]
files: [arch/arm64/kvm/mmu.c, arch/arm64/kvm/hyp/pgtable.c, arch/arm64/kvm/hyp/vhe/tlb.c]
axes:
  FEAT_TLBIRANGE: [false, true]
  FEAT_S2FWB: [false, true]
  FEAT_TTL: [false, true]
explore:
  cpus:
    - { name: CPU0, runs: unmapper }
    - { name: vCPU1 }
  mmu:
    regime: arm64-stage2
    root: s2_root
    levels:
      - { level: 2, shift: 21, entries: 512 }
      - { level: 3, shift: 12, entries: 512 }
    tables:
      - { object: s2_root, depth: 0, base: 0, entries: { 0: s2_table } }
      - { object: s2_table, depth: 1, base: 0, entries: { 0: page_a, 1: page_b } }
further:
  - scenario: kvm-arm64/stage2-unmap-part
    about: A page and a block of a guest are unmapped under mmu_lock while another CPU runs the guest; their tables stay, for they map more.
    explore:
      cpus: [{ name: CPU0, runs: unmapper_of_part }, { name: vCPU1 }]
      mmu:
        tables:
          - { object: s2_root, depth: 0, base: 0, entries: { 0: s2_table, 1: block } }
          - { object: s2_table, depth: 1, base: 0, entries: { 0: page_kept, 511: page } }
---*/
#include <linux/kvm_host.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>

extern u64 s2_root[PTRS_PER_PTE], page_a[PTRS_PER_PTE], page_b[PTRS_PER_PTE], page[PTRS_PER_PTE], block[PTRS_PER_PTE];
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

static void unmap(u64 addr, u64 size, u64 *first, u64 *second)
{
	write_lock(&guest_lock);
	kvm_pgtable_stage2_unmap(&guest_pgt, addr, size);
	write_unlock(&guest_lock);

	/* The notifier returns, and the pages go back to the host. */
	put_page(virt_to_page(first));
	put_page(virt_to_page(second));

	/* Back to user space or into a guest: an exception return. */
	isb();
}

void unmapper(void)
{
	unmap(0, 2 * PAGE_SIZE, page_a, page_b);
}

void unmapper_of_part(void)
{
	unmap(PMD_SIZE - PAGE_SIZE, PMD_SIZE + PAGE_SIZE, page, block);
}
